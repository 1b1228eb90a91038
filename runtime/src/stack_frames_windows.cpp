#include <windows.h>

#include "src/stack_frames.h"

namespace hr::runtime {
namespace {

// One frame further out, by the tables that the exception handling of the system goes by (x64
// exception handling: RUNTIME_FUNCTION). False at the end of the stack.
bool step_out(CONTEXT& context) {
  if (context.Rip == 0)
    return false;
  DWORD64 base = 0;
  PRUNTIME_FUNCTION function = RtlLookupFunctionEntry(context.Rip, &base, nullptr);
  if (function == nullptr) {  // a leaf: it has only its return address on the stack
    context.Rip = *reinterpret_cast<const DWORD64*>(context.Rsp);
    context.Rsp += sizeof(DWORD64);
    return context.Rip != 0;
  }
  void* handler_data = nullptr;
  DWORD64 frame = 0;
  RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, context.Rip, function, &context, &handler_data, &frame,
                   nullptr);
  return context.Rip != 0;
}

bool is_on_stack(Pointer address) {
  ULONG_PTR begin = 0;
  ULONG_PTR end = 0;
  GetCurrentThreadStackLimits(&begin, &end);
  return address >= begin && address + sizeof(Pointer) <= end;
}

constexpr int most_frames = 4096;

}  // namespace

std::vector<Pointer> frames_of_this_thread() {
  std::vector<Pointer> frames;
  CONTEXT context = {};
  RtlCaptureContext(&context);
  frames.push_back(static_cast<Pointer>(context.Rip));
  for (int i = 0; i < most_frames && is_on_stack(context.Rsp) && step_out(context); ++i)
    frames.push_back(static_cast<Pointer>(context.Rip) -
                     1);  // a return address: the call is before it
  return frames;
}

CallerState caller_of(Pointer frame) {
  CONTEXT context = {};
  RtlCaptureContext(&context);
  // Behind its return address, the stack is the caller's.
  for (int i = 0; frame != 0 && i < most_frames && is_on_stack(context.Rsp) && step_out(context);
       ++i) {
    if (context.Rsp <= frame)
      continue;
    // What a call preserves (x64 calling convention, caller and callee saved registers).
    return {static_cast<Pointer>(context.Rsp),
            {context.Rbx, context.Rbp, context.Rdi, context.Rsi, context.R12, context.R13,
             context.R14, context.R15}};
  }
  return {reinterpret_cast<Pointer>(__builtin_frame_address(0)), {}};
}

}  // namespace hr::runtime
