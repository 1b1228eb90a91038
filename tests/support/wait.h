// Waiting for a condition with a deadline, instead of sleeping. Knows nothing of what is waited
// for.
#pragma once

#include <chrono>
#include <thread>

namespace hrwatch::tests {

// True as soon as `condition` holds, false when it does not within `deadline`.
template <class Condition>
bool wait_until(Condition condition, std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end)
      return condition();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace hrwatch::tests
