// Crashes as a vectored handler sees them: after a debugger, before anybody's __try. A frame is
// left by going on elsewhere: the handler returns into a function that jumps back, so that the
// system's dispatcher is left in its own way.
#include <windows.h>

#include <algorithm>
#include <cstring>
#include <mutex>

#include "src/crash_signals.h"
#include "src/frame_jump_windows.h"

namespace hr::runtime {
namespace {

std::atomic<bool> off{false};

bool is_crash(DWORD code) {
  switch (code) {
    case EXCEPTION_ACCESS_VIOLATION:
    case EXCEPTION_IN_PAGE_ERROR:
    case EXCEPTION_ILLEGAL_INSTRUCTION:
    case EXCEPTION_PRIV_INSTRUCTION:
    case EXCEPTION_INT_DIVIDE_BY_ZERO:
    case EXCEPTION_INT_OVERFLOW:
    case EXCEPTION_FLT_DIVIDE_BY_ZERO:
    case EXCEPTION_FLT_INVALID_OPERATION:
    case EXCEPTION_FLT_OVERFLOW:
    case EXCEPTION_DATATYPE_MISALIGNMENT:
    case EXCEPTION_ARRAY_BOUNDS_EXCEEDED:
    case EXCEPTION_STACK_OVERFLOW:
      return true;
    default:  // exceptions of C++ (0xE06D7363, 0x20474343 and others), names of threads, debug
              // output
      return false;
  }
}

// In the order of the psABI: rax rdx rcx rbx rsi rdi rbp rsp r8-15 rip.
void take_registers(const CONTEXT& context, CrashRecord& record) {
  record.registers = {context.Rax, context.Rdx, context.Rcx, context.Rbx, context.Rsi, context.Rdi,
                      context.Rbp, context.Rsp, context.R8,  context.R9,  context.R10, context.R11,
                      context.R12, context.R13, context.R14, context.R15, context.Rip};
}

void take_site(Pointer address, CrashRecord& record) {
  const CodeRange* code = find_code(address);
  if (code == nullptr)
    return;
  record.site = address;
  record.code = code;
  record.running = code->owner->running.load();
}

// The first word between the stack's top and `edge` that is an address of module code; all of it is
// the thread's stack, and mapped.
void find_site(Pointer edge, CrashRecord& record) {
  constexpr Pointer farthest = Pointer{64} << 20;  // the guard is on another stack (a fiber's)
  if (edge <= record.stack_address || edge - record.stack_address > farthest)
    return;
  for (Pointer at = record.stack_address; at < edge && record.code == nullptr;
       at += sizeof(Pointer))
    take_site(raw_load<Pointer>(at), record);
}

void take_record(const EXCEPTION_POINTERS& crash, Pointer edge, CrashRecord& record) {
  const EXCEPTION_RECORD& told = *crash.ExceptionRecord;
  const CONTEXT& context = *crash.ContextRecord;
  record.cause = static_cast<int>(told.ExceptionCode);
  record.thread = GetCurrentThreadId();
  record.address = told.ExceptionCode == EXCEPTION_ACCESS_VIOLATION && told.NumberParameters > 1
                       ? told.ExceptionInformation[1]
                       : 0;
  take_registers(context, record);
  record.stack_address = context.Rsp & ~Pointer{7};
  record.stack_size = 0;
  if (edge > record.stack_address) {
    record.stack_size = std::min<std::size_t>(record.stack.size(), edge - record.stack_address);
    raw_copy(record.stack.data(), record.stack_address, record.stack_size);
  }
  take_site(context.Rip, record);
  if (record.code == nullptr)
    find_site(edge, record);
}

// Where a thread goes on whose frame is abandoned.
[[noreturn]] void leave_frame() {
  longjmp(guard_thread()->innermost.load()->jump->buffer, 1);
}

LONG CALLBACK on_crash(EXCEPTION_POINTERS* crash) {
  GuardThread* thread = off.load() ? nullptr : guard_thread();
  GuardFrame* frame = thread != nullptr ? thread->innermost.load() : nullptr;
  if (frame == nullptr || runtime_depth() != frame->depth ||
      !is_crash(crash->ExceptionRecord->ExceptionCode))
    return EXCEPTION_CONTINUE_SEARCH;
  thread->record.code = nullptr;
  take_record(*crash, frame->edge, thread->record);
  if (thread->record.code == nullptr)
    return EXCEPTION_CONTINUE_SEARCH;
  // As after a call, with the room that callees may use; on what the abandoned frame had of the
  // stack.
  constexpr Pointer room = 4096;
  crash->ContextRecord->Rsp = ((frame->edge - room) & ~Pointer{15}) - 8;
  crash->ContextRecord->Rip = reinterpret_cast<Pointer>(&leave_frame);
  return EXCEPTION_CONTINUE_EXECUTION;
}

}  // namespace

void catch_crashes() {
  static std::once_flag once;
  std::call_once(once, [] { AddVectoredExceptionHandler(1, on_crash); });
}

void leave_crashes_alone() {
  off.store(true);
}

// What C++ throws passes: a frame's own exceptions are the program's.
bool record_here(GuardThread&) {
  return false;
}

const char* cause_name(int cause) {
  switch (static_cast<DWORD>(cause)) {
    case EXCEPTION_ACCESS_VIOLATION:
      return "access violation";
    case EXCEPTION_IN_PAGE_ERROR:
      return "page error";
    case EXCEPTION_ILLEGAL_INSTRUCTION:
    case EXCEPTION_PRIV_INSTRUCTION:
      return "illegal instruction";
    case EXCEPTION_INT_DIVIDE_BY_ZERO:
      return "division by zero";
    case EXCEPTION_STACK_OVERFLOW:
      return "stack overflow";
    case 0:
      return "exception";
    default:
      return "hardware exception";
  }
}

}  // namespace hr::runtime
