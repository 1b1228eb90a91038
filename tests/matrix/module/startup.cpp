#include "startup.h"

#include "registrar.h"

namespace {

Registrar first("first");
int observed = 5;

}  // namespace

// Where the compiler melts a file's initialisers into one another (-Og and more), new objects can
// only come in files of their own (late_2.cpp ...); refusal.late_object watches that.
#ifndef LATE_APART
#define OBSERVED (&observed)
#include "late_objects.h"
#endif

namespace {

Registrar second("second");

int compute() {
  host_register("compute");
  return 30;
}

int computed = compute();

}  // namespace

const int* captured_address() {
  return &observed;
}

int registered_value() {
  return ++first.value + 1000 * ++second.value;
}

int dynamic_value() {
  return ++computed;
}
