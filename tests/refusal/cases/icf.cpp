// Two functions with the same code: a linker that folds them makes two pointers equal.
static int value = 34;

extern "C" int one(int x) {
  return x + value;
}

extern "C" int other(int x) {
  return x + value;
}

extern "C" int probe() {
  return one(0) + other(0) - value + 1000 * (VERSION == 3);
}
