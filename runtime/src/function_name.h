// What the system itself can say of a place in code, without debug information. Knows no crash.
#pragma once

#include <cstdint>
#include <string>

namespace hr::runtime {

// A name to show for the function at `address`; never empty. Not in a signal handler.
std::string function_at(std::uintptr_t address);

}  // namespace hr::runtime
