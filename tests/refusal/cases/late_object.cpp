// A new static object between older ones. At -Og and above the compiler melts the initialisers of a
// file into one another: none of them can be run alone.
static int built = 0;

struct Part {
  explicit Part(int x) : weight(x) { built += x; }

  int weight;
};

static Part first(30);
#if VERSION == 2
static Part late(100);
#endif
static Part second(4);

extern "C" int probe() {
  return first.weight + second.weight + 1000 * (VERSION == 3);
}
