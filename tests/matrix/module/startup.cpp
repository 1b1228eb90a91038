#include "startup.h"

#include <vector>

namespace {

struct Registrar {
  explicit Registrar(const char* who) : value(1) { host_register(who); }

  int value;
};

Registrar first("first");

#if VERSION >= 2
Registrar late("late");
#endif

Registrar second("second");

int compute() {
  host_register("compute");
  return 30;
}

int computed = compute();
int observed = 5;

#if VERSION >= 3
std::vector<int> late_vector = {1, 2, 3, 4, 5};
#endif

#if VERSION >= 4
// Its constructor remembers the address of an older static: it must be the living one.
struct Observer {
  explicit Observer(const int* what) : observed_place(what) {}

  const int* observed_place;
};

Observer observer(&observed);
#endif

}  // namespace

#if VERSION >= 4
std::string late_global = "late and long enough to be on the heap";

std::string late_text() {
  return late_global;
}

const void* late_captured() {
  return observer.observed_place;
}
#else
std::string late_text() {
  return "";
}

const void* late_captured() {
  return nullptr;
}
#endif

const void* captured_address() {
  return &observed;
}

int registered_value() {
  return ++first.value + 1000 * ++second.value;
}

int dynamic_value() {
  return ++computed;
}

int late_vector_size() {
#if VERSION >= 3
  late_vector.push_back(1);
  return static_cast<int>(late_vector.size());
#else
  return -1;
#endif
}

int late_object_value() {
#if VERSION >= 2
  return ++late.value;
#else
  return -1;
#endif
}
