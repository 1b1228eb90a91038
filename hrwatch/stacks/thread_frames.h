// Where the threads of another process are, by unwinding their stacks. Stops them for the while.
#pragma once

#include <cstdint>
#include <vector>

#include "wire/result.h"

namespace hrwatch::stacks {

// One thread's calls, innermost first: code addresses as its process sees them; of callers an
// address inside the call.
struct ThreadFrames {
  int thread = 0;
  std::vector<std::uint64_t> frames;
};

// All threads of `pid`. Errors: no such process, or one of them may not be traced (a debugger has
// it, or the system forbids it).
// Thread: attaching makes this process the tracer: use a process of its own, lest whoever waits for
// its children is told of stops. Cost: milliseconds, during which the other process stands still.
hr::wire::Result<std::vector<ThreadFrames>> frames_of_threads(int pid);

}  // namespace hrwatch::stacks
