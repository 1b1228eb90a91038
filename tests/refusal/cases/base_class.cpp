// A base class comes in front of the members.
struct Extra {
  long extra = 9;
};

#if VERSION == 2
struct Unit : Extra {
#else
struct Unit {
#endif
  int value = 34;
};

static Unit* unit = new Unit;
static Extra* other = new Extra;

extern "C" int probe() {
  return unit->value + static_cast<int>(other->extra) - 9 + 1000 * (VERSION == 3);
}
