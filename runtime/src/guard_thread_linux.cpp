#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <new>

#include "src/guard_thread.h"

namespace hr::runtime {
namespace {

constexpr std::size_t signal_stack_size = std::size_t{64} << 10;
constexpr std::size_t guard_page = 4096;

// In the static TLS block: reading them in a signal handler must not make the dynamic linker
// allocate.
#define HR_STATIC_TLS __attribute__((tls_model("initial-exec")))
HR_STATIC_TLS constinit thread_local GuardThread* this_thread = nullptr;
HR_STATIC_TLS constinit thread_local int depth = 0;

constinit std::atomic<GuardThread*> all_threads{nullptr};

pthread_key_t end_of_thread() {
  static const pthread_key_t key = [] {
    pthread_key_t made = 0;
    pthread_key_create(&made, [](void* ending) {
      auto* thread = static_cast<GuardThread*>(ending);
      stack_t present = {};
      if (thread->own_stack != nullptr && ::sigaltstack(nullptr, &present) == 0 &&
          present.ss_sp == thread->own_stack) {
        stack_t none = {};
        none.ss_flags = SS_DISABLE;
        ::sigaltstack(&none, nullptr);
      }
      this_thread = nullptr;
      thread->innermost.store(nullptr);
      thread->id.store(0, std::memory_order_release);
    });
    return made;
  }();
  return key;
}

// One that a thread which has ended left behind, or a new one.
GuardThread* take_one(int id) {
  for (GuardThread* thread = all_threads.load(); thread != nullptr; thread = thread->next) {
    int nobody = 0;
    if (thread->id.compare_exchange_strong(nobody, id))
      return thread;
  }
  void* memory = ::mmap(nullptr, sizeof(GuardThread), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    return nullptr;
  auto* thread = new (memory) GuardThread;
  thread->id.store(id);
  thread->next = all_threads.load();
  while (!all_threads.compare_exchange_weak(thread->next, thread)) {
  }
  return thread;
}

// A stack overflow can only be told on another stack. One that the thread has already is kept.
void give_signal_stack(GuardThread& thread) {
  stack_t present = {};
  if (::sigaltstack(nullptr, &present) != 0 || (present.ss_flags & SS_DISABLE) == 0)
    return;
  if (thread.own_stack == nullptr) {
    void* memory = ::mmap(nullptr, guard_page + signal_stack_size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED)
      return;
    ::mprotect(memory, guard_page, PROT_NONE);
    thread.own_stack = static_cast<char*>(memory) + guard_page;
  }
  stack_t stack = {};
  stack.ss_sp = thread.own_stack;
  stack.ss_size = signal_stack_size;
  ::sigaltstack(&stack, nullptr);
}

}  // namespace

GuardThread* enter_guard_thread() {
  if (this_thread != nullptr)
    return this_thread;
  GuardThread* thread = take_one(static_cast<int>(::syscall(SYS_gettid)));
  if (thread == nullptr)
    return nullptr;
  pthread_setspecific(end_of_thread(), thread);
  give_signal_stack(*thread);
  this_thread = thread;
  return thread;
}

GuardThread* guard_thread() {
  return this_thread;
}

GuardThread* first_guard_thread() {
  return all_threads.load(std::memory_order_acquire);
}

int& runtime_depth() {
  return depth;
}

}  // namespace hr::runtime
