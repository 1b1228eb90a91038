// The wall around the C functions, which no exception passes.
#pragma once

#include <exception>

#include "src/guard_thread.h"

namespace hr::runtime {

// Out of memory is the only thing that can be thrown in there: `otherwise` is the answer then.
template <class Action, class Value>
Value guarded(Action action, Value otherwise) {
  const InRuntime inside;
  try {
    return action();
  } catch (const std::exception&) {
    return otherwise;
  }
}

}  // namespace hr::runtime
