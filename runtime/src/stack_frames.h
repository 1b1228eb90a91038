// Where the calling thread is: the code of all its frames. Knows no module.
#pragma once

#include <array>
#include <vector>

#include "src/address_space.h"

namespace hr::runtime {

// An address in the code of each frame, innermost first; of callers one inside the call. Empty when
// the stack can't be read. Cost: microseconds a frame.
std::vector<Pointer> frames_of_this_thread();

// What belongs to a function that waits for a call to return.
struct CallerState {
  Pointer stack = 0;                      // where its part of the stack begins
  std::array<Pointer, 8> registers = {};  // that the call preserves: at most so many
};

// Of the function that called the one whose frame address (__builtin_frame_address(0)) is `frame`,
// on this thread. Where the stack can't be read: all from the calling function's own frame on.
CallerState caller_of(Pointer frame);

}  // namespace hr::runtime
