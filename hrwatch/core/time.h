// Time as the pure part sees it: a number that is handed in. Knows no clock.
#pragma once

#include <chrono>

namespace hrwatch::core {

// Monotonic time; only differences mean anything.
using Time = std::chrono::nanoseconds;

inline constexpr double to_ms(Time span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

}  // namespace hrwatch::core
