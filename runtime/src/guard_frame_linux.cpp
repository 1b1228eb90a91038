#include <cxxabi.h>
#include <unwind.h>

#include <cstring>

#include "src/crash_signals.h"
#include "src/escaped_exception.h"
#include "src/frame_jump_linux.h"
#include "src/guard_frame.h"
#include "src/listed_frame.h"
#include "src/process.h"

extern "C" {

// In the search phase (Itanium C++ ABI, level I, 1.3) nothing is unwound yet: the stack still shows
// where the exception was thrown.
__attribute__((visibility("hidden"))) _Unwind_Reason_Code hr_guarded_call_personality(
    int /*version*/, _Unwind_Action actions, _Unwind_Exception_Class /*language*/,
    _Unwind_Exception* /*exception*/, _Unwind_Context* /*context*/) {
  hr::runtime::GuardThread* thread = hr::runtime::guard_thread();
  if ((actions & _UA_SEARCH_PHASE) != 0 && thread != nullptr)
    hr::runtime::record_here(*thread);
  return _URC_CONTINUE_UNWIND;
}

// Calls frame(user). Its only purpose is to have that personality.
__attribute__((visibility("hidden"))) void hr_guarded_call(hr::runtime::Frame frame, void* user);
asm(R"(
  .text
  .globl hr_guarded_call
  .hidden hr_guarded_call
  .type hr_guarded_call, @function
hr_guarded_call:
  .cfi_startproc
  .cfi_personality 0x1b, hr_guarded_call_personality
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  movq %rdi, %rax
  movq %rsi, %rdi
  callq *%rax
  popq %rbp
  .cfi_def_cfa %rsp, 8
  retq
  .cfi_endproc
  .size hr_guarded_call, .-hr_guarded_call
)");
}

namespace hr::runtime {
namespace {

// What a signal handler starts without and siglongjmp() does not bring back: how the program wants
// its floating point (psABI 3.2.3: callee-saved).
struct FloatControl {
  unsigned mxcsr = 0;
  unsigned short x87 = 0;

  static FloatControl present() {
    FloatControl control;
    asm volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(control.mxcsr), "=m"(control.x87));
    return control;
  }

  void restore() const {
    asm volatile("fninit\n\tfldcw %1\n\tldmxcsr %0" : : "m"(mxcsr), "m"(x87));
  }
};

// Itanium C++ ABI, level II, 2.2.2: what a thread has caught and not left the handler of, and what
// it has thrown that is not caught yet. Frames that are abandoned have done neither.
struct ExceptionState {
  void* caught = nullptr;
  unsigned uncaught = 0;

  static ExceptionState present() {
    ExceptionState state;
    std::memcpy(static_cast<void*>(&state), abi::__cxa_get_globals(), sizeof(state));
    return state;
  }

  void restore() const { std::memcpy(abi::__cxa_get_globals(), this, sizeof(*this)); }
};

// False: an exception of module code came out.
bool call_frame(GuardThread& thread, ListedFrame& listed, Frame frame, void* user,
                std::string& detail) {
  try {
    hr_guarded_call(frame, user);
    return true;
  } catch (const abi::__forced_unwind&) {
    throw;  // the thread is being cancelled
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
  const FloatControl control = FloatControl::present();
  const ExceptionState exceptions = ExceptionState::present();
  GuardFrame place;
  FrameJump jump;
  place.jump = &jump;
  ListedFrame listed(thread, place, reinterpret_cast<Pointer>(__builtin_frame_address(0)));
  // The signal mask is the handler's to restore: that saves a system call here.
  if (sigsetjmp(jump.buffer, 0) == 0)
    return call_frame(thread, listed, frame, user, detail);
  runtime_depth() = place.depth;
  control.restore();
  exceptions.restore();
  thread.abandoned.fetch_add(1, std::memory_order_release);
  return false;
}

}  // namespace hr::runtime
