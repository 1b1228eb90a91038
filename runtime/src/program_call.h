// Calls a function of the program's. Knows nothing of what it does.
#pragma once

#include <cxxabi.h>

namespace hr::runtime {

// What it throws ends here: false then. A thread that is being cancelled goes on unwinding.
template <class Call>
bool survives(Call call) {
  try {
    call();
    return true;
  } catch (const abi::__forced_unwind&) {
    throw;
  } catch (...) {
    return false;
  }
}

}  // namespace hr::runtime
