// Calls a static initialiser of the user's code the way the dynamic linker would. Knows no module.
#pragma once

#include <string>

#include "src/raw_memory.h"

namespace hr::runtime {

// False when it threw; `thrown` (may be null) gets what the exception says about itself. A thread
// that is being cancelled goes on unwinding.
bool call_initialiser(Pointer function, std::string* thrown = nullptr);

}  // namespace hr::runtime
