// The way back into a guarded frame, out of an exception handler. Knows no policy.
#pragma once

#include <setjmp.h>

namespace hr::runtime {

struct FrameJump {
  jmp_buf buffer;
};

}  // namespace hr::runtime
