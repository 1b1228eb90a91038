/* C: statics of one name in two functions, told apart by their function and not by their number. */
#ifndef VERSION
#define VERSION 1
#endif

static int counter = 50;

#if VERSION >= 2
int c_inserted(void) {
  static int calls = 1000;
  return ++calls;
}
#endif

int c_first(int by) {
  static int calls = 100;
  return calls += by + counter;
}

int c_second(int by) {
  static int calls = 200;
  return calls += by;
}
