// What the guard keeps for each thread that runs guarded frames: the frames, a stack for signal
// handlers, and the record of a crash. Found from a signal handler without a lock.
#pragma once

#include <atomic>
#include <cstdint>

#include "src/crash_record.h"

namespace hr::runtime {

struct FrameJump;  // the way back into it, as the platform has it (frame_jump_*.h)

// One call of hr_guard().
struct GuardFrame {
  FrameJump* jump = nullptr;
  GuardFrame* outer = nullptr;
  std::uint64_t outer_number = 0;
  std::uint64_t outer_began_us = 0;
  Pointer edge = 0;  // what it runs lies below this address on the stack
  int depth = 0;     // of the runtime's own calls around it
};

// Made at a thread's first guarded frame, used again by another thread when that one has ended;
// never freed.
struct GuardThread {
  CrashRecord record;
  std::atomic<GuardFrame*> innermost{nullptr};
  std::atomic<int> id{0};  // as the kernel numbers the thread; 0 = nobody's
  std::uint64_t frames_ever = 0;
  std::atomic<std::uint64_t> frame_number{0};  // of the innermost one; 0 = none
  std::atomic<std::uint64_t> frame_began_us{0};
  std::atomic<std::uint64_t> abandoned{0};  // frames, ever
  std::atomic<std::uint64_t> wanted{0};     // number of the frame to abandon on request
  void* own_stack = nullptr;                // for handlers, when the thread had none
  std::atomic<const int*> depth{nullptr};   // its runtime_depth(), for other threads (Windows)
  GuardThread* next = nullptr;
};

// The calling thread's; makes it, and its signal stack, the first time. nullptr: no memory.
GuardThread* enter_guard_thread();

// The calling thread's, nullptr when it never ran a guarded frame. Safe in a signal handler.
GuardThread* guard_thread();

// All of them, for the one who looks for frames that never return.
GuardThread* first_guard_thread();

// How deep the calling thread is in calls of the runtime: what it does there must not be abandoned,
// since the runtime's own locks may be held. Safe in a signal handler.
int& runtime_depth();

// For the length of a call into the runtime.
struct InRuntime {
  InRuntime() { ++runtime_depth(); }

  ~InRuntime() { --runtime_depth(); }

  InRuntime(const InRuntime&) = delete;
  InRuntime& operator=(const InRuntime&) = delete;
};

}  // namespace hr::runtime
