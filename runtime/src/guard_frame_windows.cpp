#include <windows.h>
#include <malloc.h>

#include "src/escaped_exception.h"
#include "src/frame_jump_windows.h"
#include "src/guard_frame.h"
#include "src/listed_frame.h"

namespace hr::runtime {
namespace {

// False: an exception came out that module code threw or called. It was recorded as it was thrown.
__attribute__((noinline)) bool call_frame(GuardThread& thread, ListedFrame& listed, Frame frame,
                                          void* user, std::string& detail) {
  try {
    frame(user);
    return true;
  } catch (...) {
    listed.leave();
    if (thread.record.code == nullptr || thread.record.cause != cause_exception)
      throw;
    detail = describe_exception();
    return false;
  }
}

}  // namespace

bool run_frame(GuardThread& thread, Frame frame, void* user, std::string& detail) {
  GuardFrame place;
  FrameJump jump;
  place.jump = &jump;
  ListedFrame listed(thread, place, reinterpret_cast<Pointer>(&jump));
  // Without a frame to unwind to, longjmp() runs no handlers on its way: the stack it leaves is not
  // in order.
  if (_setjmp(jump.buffer, nullptr) == 0)
    return call_frame(thread, listed, frame, user, detail);
  runtime_depth() = place.depth;
  if (static_cast<DWORD>(thread.record.cause) == EXCEPTION_STACK_OVERFLOW)
    _resetstkoflw();
  thread.abandoned.fetch_add(1, std::memory_order_release);
  return false;
}

}  // namespace hr::runtime
