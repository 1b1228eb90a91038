#include <windows.h>

#include <new>

#include "src/guard_thread.h"

namespace hr::runtime {
namespace {

// No destructors: one would keep the library from being unloaded (see library_image_windows.cpp).
constinit thread_local GuardThread* this_thread = nullptr;
constinit thread_local int depth = 0;

constinit std::atomic<GuardThread*> all_threads{nullptr};

// Called when a thread ends.
DWORD end_of_thread() {
  static const DWORD slot = FlsAlloc([](void* ending) {
    if (ending == nullptr)
      return;
    auto* thread = static_cast<GuardThread*>(ending);
    thread->innermost.store(nullptr);
    thread->id.store(0, std::memory_order_release);
  });
  return slot;
}

GuardThread* take_one(int id) {
  for (GuardThread* thread = all_threads.load(); thread != nullptr; thread = thread->next) {
    int nobody = 0;
    if (thread->id.compare_exchange_strong(nobody, id))
      return thread;
  }
  auto* thread = new (std::nothrow) GuardThread;
  if (thread == nullptr)
    return nullptr;
  thread->id.store(id);
  thread->next = all_threads.load();
  while (!all_threads.compare_exchange_weak(thread->next, thread)) {
  }
  return thread;
}

}  // namespace

GuardThread* enter_guard_thread() {
  if (this_thread != nullptr)
    return this_thread;
  GuardThread* thread = take_one(static_cast<int>(GetCurrentThreadId()));
  if (thread == nullptr)
    return nullptr;
  thread->depth.store(&depth);
  FlsSetValue(end_of_thread(), thread);
  // What a handler needs when the stack is used up.
  ULONG reserve = 64 * 1024;
  SetThreadStackGuarantee(&reserve);
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
