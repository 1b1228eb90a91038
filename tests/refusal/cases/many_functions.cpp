// Functions of many sizes: where they are not aligned, most start at addresses that don't fit.
static volatile int value = 34;

#define FUNCTION(number, body)                             \
  __attribute__((noinline)) int function_##number(int x) { \
    return body;                                           \
  }

FUNCTION(1, x + value)
FUNCTION(2, x - value * 3)
FUNCTION(3, x ^ value)
FUNCTION(4, function_3(x) + 1)
FUNCTION(5, function_4(x) * value)
FUNCTION(6, x % (value + 1))
FUNCTION(7, x << (value & 3))
FUNCTION(8, function_7(x) + function_6(x))
FUNCTION(9, value)
FUNCTION(10, x * 1000)
FUNCTION(11, x / 7 + value)
FUNCTION(12, function_11(x) | 3)

extern "C" int probe() {
  return function_1(0) + 1000 * (VERSION == 3);
}
