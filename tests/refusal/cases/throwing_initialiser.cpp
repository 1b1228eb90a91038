// The constructor of a new static object throws.
#include <stdexcept>

static int value = 34;

#if VERSION == 2
struct Thrower {
  Thrower() { throw std::runtime_error("no device"); }
};

static Thrower thrower;
#endif

extern "C" int probe() {
  return value + 1000 * (VERSION == 3);
}
