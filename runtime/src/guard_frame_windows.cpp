#include <windows.h>
#include <malloc.h>

#include "src/frame_jump_windows.h"
#include "src/guard_frame.h"
#include "src/listed_frame.h"

namespace hr::runtime {

bool run_frame(GuardThread& thread, Frame frame, void* user, std::string&) {
  GuardFrame place;
  FrameJump jump;
  place.jump = &jump;
  const ListedFrame listed(thread, place, reinterpret_cast<Pointer>(&jump));
  // Without a frame to unwind to, longjmp() runs no handlers on its way: the stack it leaves is not
  // in order.
  if (_setjmp(jump.buffer, nullptr) == 0) {
    frame(user);
    return true;
  }
  runtime_depth() = place.depth;
  if (static_cast<DWORD>(thread.record.cause) == EXCEPTION_STACK_OVERFLOW)
    _resetstkoflw();
  thread.abandoned.fetch_add(1, std::memory_order_release);
  return false;
}

}  // namespace hr::runtime
