// Version 2 calls what nobody defines: the verdict can't know, the dynamic linker does.
int nobody_defines_this(int x);

static int value = 34;

extern "C" int probe() {
#if VERSION == 2
  return nobody_defines_this(value);
#else
  return value + 1000 * (VERSION == 3);
#endif
}
