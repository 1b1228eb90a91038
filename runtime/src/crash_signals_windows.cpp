// Crashes as a vectored handler sees them: after a debugger, before anybody's __try; abort() as the
// C runtime's signal; a request from outside of the thread, which is stopped for that. A frame is
// left by going on elsewhere: the handler returns into a function that jumps back, so that the
// system's dispatcher is left in its own way.
#include <windows.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <mutex>

#include "src/crash_signals.h"
#include "src/frame_jump_windows.h"

namespace hr::runtime {
namespace {

// libgcc, unwind-seh.c: STATUS_GCC_THROW. winnt.h has no name for what abort() means.
constexpr DWORD thrown = 0x20474343, aborted = 0x40000015;

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
  record.code = nullptr;
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

// The frame that may be abandoned now: none inside of the runtime's own calls.
GuardFrame* guarded_here(GuardThread* thread) {
  GuardFrame* frame = thread != nullptr ? thread->innermost.load() : nullptr;
  return frame != nullptr && runtime_depth() == frame->depth ? frame : nullptr;
}

GuardThread* guarding_thread() {
  return off.load() ? nullptr : guard_thread();
}

// Where a thread goes on whose frame is abandoned.
[[noreturn]] void leave_frame() {
  longjmp(guard_thread()->innermost.load()->jump->buffer, 1);
}

// As after a call, with the room that callees may use; on what the abandoned frame had of the
// stack.
void lead_out(const GuardFrame& frame, CONTEXT& context) {
  constexpr Pointer room = 4096;
  context.Rsp = ((frame.edge - room) & ~Pointer{15}) - 8;
  context.Rip = reinterpret_cast<Pointer>(&leave_frame);
}

LONG CALLBACK on_crash(EXCEPTION_POINTERS* crash) {
  const DWORD code = crash->ExceptionRecord->ExceptionCode;
  GuardThread* thread = guarding_thread();
  const GuardFrame* frame = guarded_here(thread);
  if (frame == nullptr || (!is_crash(code) && code != thrown))
    return EXCEPTION_CONTINUE_SEARCH;
  take_record(*crash, frame->edge, thread->record);
  if (code == thrown)  // who catches it is not known yet, and later the stack is unwound
    thread->record.cause = cause_exception;
  if (thread->record.code == nullptr || code == thrown)
    return EXCEPTION_CONTINUE_SEARCH;
  lead_out(*frame, *crash->ContextRecord);
  return EXCEPTION_CONTINUE_EXECUTION;
}

using SignalHandler = void (*)(int);
std::atomic<SignalHandler> abort_before{SIG_DFL};

// The C runtime takes a handler away as it calls it, and ends the program when it returns.
void on_abort(int number) {
  GuardThread* thread = guarding_thread();
  if (const GuardFrame* frame = guarded_here(thread)) {
    CONTEXT context{};
    RtlCaptureContext(&context);
    EXCEPTION_RECORD told{};
    told.ExceptionCode = aborted;
    take_record({&told, &context}, frame->edge, thread->record);
    if (thread->record.code != nullptr) {
      std::signal(SIGABRT, on_abort);
      leave_frame();
    }
  }
  const SignalHandler before = abort_before.load();
  if (before != SIG_DFL && before != SIG_IGN)
    before(number);
}

// The thread is stopped: nothing here may want memory or a lock, which it may hold.
bool lead_out_on_request(GuardThread& thread, DWORD id, CONTEXT& context) {
  const GuardFrame* frame = thread.innermost.load();
  const int* depth = thread.depth.load();
  const std::uint64_t wanted = thread.wanted.load();
  const bool waits = static_cast<DWORD>(thread.id.load()) == id && frame != nullptr &&
                     wanted != 0 && wanted == thread.frame_number.load() && depth != nullptr &&
                     *depth == frame->depth;
  if (!waits || find_code(context.Rip) == nullptr)
    return false;
  EXCEPTION_RECORD told{};
  take_record({&told, &context}, frame->edge, thread.record);
  thread.record.cause = cause_request;
  thread.record.thread = id;
  lead_out(*frame, context);
  return true;
}

}  // namespace

void catch_crashes() {
  static std::once_flag once;
  std::call_once(once, [] {
    AddVectoredExceptionHandler(1, on_crash);
    const SignalHandler before = std::signal(SIGABRT, on_abort);
    abort_before.store(before != SIG_ERR ? before : SIG_DFL);
  });
}

void catch_requests() {}

void request_abandonment(GuardThread& thread) {
  const auto id = static_cast<DWORD>(thread.id.load());
  if (id == 0 || id == GetCurrentThreadId())
    return;
  constexpr DWORD rights = THREAD_SUSPEND_RESUME | THREAD_GET_CONTEXT | THREAD_SET_CONTEXT;
  const HANDLE handle = OpenThread(rights, FALSE, id);
  if (handle == nullptr)
    return;
  if (SuspendThread(handle) != static_cast<DWORD>(-1)) {
    CONTEXT context{};
    context.ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER;
    if (GetThreadContext(handle, &context) != 0 && lead_out_on_request(thread, id, context))
      SetThreadContext(handle, &context);
    ResumeThread(handle);
  }
  CloseHandle(handle);
}

void leave_crashes_alone() {
  off.store(true);
}

// An exception is recorded as it is thrown.
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
    case aborted:
      return "abort";
    case static_cast<DWORD>(cause_exception):
      return "exception";
    case static_cast<DWORD>(cause_request):
      return "request";
    default:
      return "hardware exception";
  }
}

}  // namespace hr::runtime
