// The layout changes two levels below the object that lives; sizes stay what they were.
struct Inner {
#if VERSION == 2
  short low = 3;
  short high = 4;
#else
  short high = 4;
  short low = 3;
#endif
};

struct Outer {
  Inner inner[2];
  int rest = 1;
};

static Outer* outer = new Outer;

extern "C" int probe() {
  return outer->inner[1].low * 10 + outer->inner[1].high + 1000 * (VERSION == 3);
}
