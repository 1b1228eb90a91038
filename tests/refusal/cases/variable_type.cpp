// A variable of the same size and another type.
#if VERSION == 2
static float speed = 34.0F;
#else
static int speed = 34;
#endif

extern "C" int probe() {
  return static_cast<int>(speed) + 1000 * (VERSION == 3);
}
