// Calls a static initialiser of the user's code the way the dynamic linker would. Knows no module.
#pragma once

#include "src/raw_memory.h"

namespace hr::runtime {

// False when it threw. A thread that is being cancelled goes on unwinding.
bool call_initialiser(Pointer function);

}  // namespace hr::runtime
