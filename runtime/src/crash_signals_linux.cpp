#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "src/crash_signals.h"
#include "src/frame_jump_linux.h"

namespace hr::runtime {
namespace {

constexpr std::array crash_signals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
// Ignored where nobody handles it, passed by debuggers, used by next to nobody.
constexpr int request_signal = SIGURG;
constexpr std::size_t kernel_mask_size = 8;

struct sigaction handlers_before[NSIG] = {};
std::atomic<LastWords> last_words{nullptr};
std::atomic<bool> off{false};
const char request_mark = 0;  // its address tells our SIGURG from others

// ---- what can be called in a signal handler

int this_thread_id() {
  return static_cast<int>(::syscall(SYS_gettid));
}

// Copies what is mapped of [from, from + size); the number of bytes. A stack may end anywhere.
std::size_t copy_mapped(void* to, Pointer from, std::size_t size) {
  const iovec here{to, size};
  const iovec there{reinterpret_cast<void*>(from), size};
  const ssize_t got = ::process_vm_readv(::getpid(), &here, 1, &there, 1, 0);
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

void take_registers(const ucontext_t& context, CrashRecord& record) {
  // psABI, figure 3.36 "DWARF Register Number Mapping"
  constexpr std::array<int, register_count> order = {
      REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8,
      REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
  for (std::size_t i = 0; i < register_count; ++i)
    record.registers[i] = static_cast<std::uint64_t>(context.uc_mcontext.gregs[order[i]]);
}

void take_site(Pointer address, CrashRecord& record) {
  record.code = find_code(address);
  record.site = record.code != nullptr ? address : 0;
  if (record.code != nullptr)
    record.running = record.code->owner->running.load(std::memory_order_acquire);
}

// The first word between the stack's top and `edge` that is an address of module code. It need not
// be a return address any more, which does no harm.
void find_site(Pointer edge, CrashRecord& record) {
  auto& words = record.words;
  constexpr std::size_t piece = sizeof(words);
  constexpr Pointer far = Pointer{64} << 20;  // the guard is on another stack (a fiber's)
  edge = std::min(edge, record.stack_address + far);
  for (Pointer at = record.stack_address; at < edge && record.code == nullptr; at += piece) {
    const std::size_t got = copy_mapped(words.data(), at, std::min<std::size_t>(piece, edge - at));
    for (std::size_t i = 0; i < got / sizeof(Pointer) && record.code == nullptr; ++i)
      take_site(words[i], record);
    if (got < piece)
      break;
  }
}

// `edge`: where to stop looking for module code, 0 = only look at the crash's own address.
void take_record(int cause, const siginfo_t* info, const ucontext_t& context, Pointer edge,
                 CrashRecord& record) {
  record.cause = cause;
  record.thread = this_thread_id();
  record.address = cause == SIGSEGV || cause == SIGBUS || cause == SIGFPE || cause == SIGILL
                       ? reinterpret_cast<Pointer>(info->si_addr)
                       : 0;
  take_registers(context, record);
  record.stack_address = record.registers[7] & ~Pointer{7};
  record.stack_size = copy_mapped(record.stack.data(), record.stack_address, record.stack.size());
  take_site(record.registers[16], record);
  if (record.code == nullptr)
    find_site(edge, record);
}

// The fault of an instruction, or what the thread did to itself (abort, raise). Signals that others
// send are about the whole program.
bool is_own(const siginfo_t& info) {
  return info.si_code > 0 || (info.si_code == SI_TKILL && info.si_pid == ::getpid());
}

void restore_mask(const ucontext_t& context) {
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &context.uc_sigmask, nullptr, kernel_mask_size);
}

// The default action, with the state of the crash in the core file: the instruction runs again, or
// the signal comes again when this handler is left.
void die_by(int number, siginfo_t* info) {
  struct sigaction standard = {};
  standard.sa_handler = SIG_DFL;
  ::sigaction(number, &standard, nullptr);
  if (info->si_code <= 0)
    ::syscall(SYS_rt_tgsigqueueinfo, ::getpid(), this_thread_id(), number, info);
}

// What would have happened without us.
void pass_on(int number, siginfo_t* info, void* context) {
  struct sigaction& before = handlers_before[number];
  const bool plain = (before.sa_flags & SA_SIGINFO) == 0;
  if (plain && before.sa_handler == SIG_IGN && !is_own(*info))
    return;
  if (plain && (before.sa_handler == SIG_DFL || before.sa_handler == SIG_IGN)) {
    if (number != request_signal)
      die_by(number, info);
    return;
  }
  sigset_t mask = before.sa_mask;
  sigset_t present;
  ::pthread_sigmask(SIG_BLOCK, &mask, &present);
  if ((before.sa_flags & SA_NODEFER) != 0) {
    sigset_t own;
    sigemptyset(&own);
    sigaddset(&own, number);
    ::pthread_sigmask(SIG_UNBLOCK, &own, nullptr);
  }
  const struct sigaction called = before;
  if ((before.sa_flags & static_cast<int>(SA_RESETHAND)) != 0) {
    before.sa_flags = 0;
    before.sa_handler = SIG_DFL;
  }
  if (plain)
    called.sa_handler(number);
  else
    called.sa_sigaction(number, info, context);
  ::pthread_sigmask(SIG_SETMASK, &present, nullptr);
}

// Whether dying is what comes next. A program's own handler may have its reasons for faults.
bool nobody_handles(int number) {
  const struct sigaction& before = handlers_before[number];
  return (before.sa_flags & SA_SIGINFO) == 0 &&
         (before.sa_handler == SIG_DFL || before.sa_handler == SIG_IGN);
}

void say_last_words(int number, const siginfo_t* info, const ucontext_t& context) {
  static CrashRecord record;
  static std::atomic<bool> taken{false};
  const LastWords tell = last_words.load();
  if (tell == nullptr || taken.exchange(true))
    return;
  constexpr Pointer far = Pointer{1} << 20;
  take_record(number, info, context,
              (static_cast<Pointer>(context.uc_mcontext.gregs[REG_RSP])) + far, record);
  tell(record);
}

void on_crash(int number, siginfo_t* info, void* place) {
  const int saved_errno = errno;
  const auto& context = *static_cast<const ucontext_t*>(place);
  GuardThread* thread = guard_thread();
  GuardFrame* frame = thread != nullptr ? thread->innermost.load() : nullptr;
  if (frame != nullptr && runtime_depth() == frame->depth && is_own(*info) && !off.load()) {
    take_record(number, info, context, frame->edge, thread->record);
    if (thread->record.code != nullptr) {
      restore_mask(context);
      siglongjmp(frame->jump->buffer, 1);
    }
  }
  if (is_own(*info) && nobody_handles(number) && !off.load())
    say_last_words(number, info, context);
  errno = saved_errno;
  pass_on(number, info, place);
}

void on_request(int number, siginfo_t* info, void* place) {
  const int saved_errno = errno;
  const auto& context = *static_cast<const ucontext_t*>(place);
  if (info->si_code != SI_QUEUE || info->si_value.sival_ptr != &request_mark) {
    errno = saved_errno;
    pass_on(number, info, place);
    return;
  }
  GuardThread* thread = guard_thread();
  GuardFrame* frame = thread != nullptr ? thread->innermost.load() : nullptr;
  // Elsewhere (in malloc, say) locks would stay taken that everybody needs.
  if (frame != nullptr && thread->frame_number.load() == thread->wanted.load() &&
      runtime_depth() == frame->depth &&
      find_code(static_cast<Pointer>(context.uc_mcontext.gregs[REG_RIP])) != nullptr) {
    take_record(cause_request, info, context, frame->edge, thread->record);
    restore_mask(context);
    siglongjmp(frame->jump->buffer, 1);
  }
  errno = saved_errno;
}

void install(int number, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction action = {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  sigemptyset(&action.sa_mask);
  // First where it is kept: a signal may come at once.
  ::sigaction(number, nullptr, &handlers_before[number]);
  ::sigaction(number, &action, nullptr);
}

}  // namespace

void leave_crashes_alone() {
  off.store(true);
}

void catch_crashes() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (const int number : crash_signals)
      install(number, on_crash);
  });
}

void catch_requests() {
  static std::once_flag once;
  std::call_once(once, [] { install(request_signal, on_request); });
}

void request_abandonment(GuardThread& thread) {
  siginfo_t info = {};
  info.si_signo = request_signal;
  info.si_code = SI_QUEUE;
  info.si_pid = ::getpid();
  info.si_uid = ::getuid();
  info.si_value.sival_ptr = const_cast<char*>(&request_mark);
  ::syscall(SYS_rt_tgsigqueueinfo, ::getpid(), thread.id.load(), request_signal, &info);
}

bool record_here(GuardThread& thread) {
  const GuardFrame* frame = thread.innermost.load();
  ucontext_t context;
  if (frame == nullptr || ::getcontext(&context) != 0)
    return false;
  take_record(cause_exception, nullptr, context, frame->edge, thread.record);
  return thread.record.code != nullptr;
}

void set_last_words(LastWords tell) {
  last_words.store(tell);
}

const char* cause_name(int cause) {
  switch (cause) {
    case SIGSEGV:
      return "SIGSEGV";
    case SIGBUS:
      return "SIGBUS";
    case SIGFPE:
      return "SIGFPE";
    case SIGILL:
      return "SIGILL";
    case SIGABRT:
      return "SIGABRT";
    case cause_exception:
      return "exception";
    case cause_request:
      return "request";
    default:
      return "signal";
  }
}

}  // namespace hr::runtime
