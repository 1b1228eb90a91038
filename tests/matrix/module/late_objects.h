// The static objects that later versions add, and what looks at them. A part of a source file,
// which defines OBSERVED, the address of an older static, and may ask for one LATE_PART alone.
#ifndef LATE_PART
#define LATE_PART 0
#endif

#include <vector>

#include "registrar.h"

#if LATE_PART == 0 || LATE_PART == 2
#if VERSION >= 2
static Registrar late("late");

int late_object_value() {
  return ++late.value;
}
#else
int late_object_value() {
  return -1;
}
#endif
#endif

#if LATE_PART == 0 || LATE_PART == 3
#if VERSION >= 3
static std::vector<int> late_vector = {1, 2, 3, 4, 5};

int late_vector_size() {
  late_vector.push_back(1);
  return static_cast<int>(late_vector.size());
}
#else
int late_vector_size() {
  return -1;
}
#endif
#endif

#if LATE_PART == 0 || LATE_PART == 4
#if VERSION >= 4
namespace {

// Its constructor remembers the address of an older static: it must be the living one.
struct Observer {
  explicit Observer(const int* what) : observed_place(what) {}

  const int* observed_place;
};

Observer observer(OBSERVED);

}  // namespace

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
#endif
