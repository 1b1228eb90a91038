/* A C struct with a live instance gets a member. */
struct point {
  int x;
#if VERSION == 2
  int z;
#endif
  int y;
};

static struct point here = {3, 4};
static struct point* place = &here;

int probe(void) {
  return place->x * 10 + place->y + 1000 * (VERSION == 3);
}
