// Where the calling thread is: the code of all its frames. Knows no module.
#pragma once

#include <vector>

#include "src/address_space.h"

namespace hr::runtime {

// An address in the code of each frame, innermost first; of callers one inside the call. Empty when
// the stack can't be read. Cost: microseconds a frame.
std::vector<Pointer> frames_of_this_thread();

}  // namespace hr::runtime
