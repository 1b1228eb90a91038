// Whether code of a module is at work while a reload of it goes live. Knows no object.
#pragma once

#include "src/prepare.h"

namespace hr::runtime {

// Whether this thread came here through code of a module that changes: that code goes on as it is,
// with objects that are no longer what it knows.
bool is_inside(const Prepared& prepared);

}  // namespace hr::runtime
