// The way back into a guarded frame, out of a signal handler. Knows no policy.
#pragma once

#include <setjmp.h>

namespace hr::runtime {

struct FrameJump {
  sigjmp_buf buffer;
};

}  // namespace hr::runtime
