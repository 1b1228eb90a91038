// Fits: the options of the build are what makes version 2 unfit.
static int value = 34;
static thread_local int in_thread = 0;

extern "C" int probe() {
  return value + in_thread + 1000 * (VERSION == 3);
}
