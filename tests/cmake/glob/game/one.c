__attribute__((weak)) int two(void) {
  return 0;
}

int one(void) {
  return 1 + two();
}
