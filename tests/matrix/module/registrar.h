// A static object of this type registers once, when it is built.
#pragma once

#include "startup.h"

namespace {

struct Registrar {
  explicit Registrar(const char* who) : value(1) { host_register(who); }

  int value;
};

}  // namespace
