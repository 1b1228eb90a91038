// A guarded frame on its thread's list, where a crash looks for it. Knows no crash.
#pragma once

#include "src/guard_thread.h"
#include "src/process.h"

namespace hr::runtime {

// On the thread's list of frames as long as it lives.
class ListedFrame {
 public:
  // `edge`: what the frame runs lies below this address on the stack.
  ListedFrame(GuardThread& thread, GuardFrame& frame, Pointer edge) : thread_(thread) {
    frame.outer = thread.innermost.load(std::memory_order_relaxed);
    frame.outer_number = thread.frame_number.load(std::memory_order_relaxed);
    frame.outer_began_us = thread.frame_began_us.load(std::memory_order_relaxed);
    frame.depth = runtime_depth();
    frame.edge = edge;
    thread.record.code = nullptr;
    thread.frame_began_us.store(now_us(), std::memory_order_relaxed);
    thread.frame_number.store(++thread.frames_ever, std::memory_order_relaxed);
    thread.innermost.store(&frame, std::memory_order_release);
  }

  ~ListedFrame() { leave(); }

  ListedFrame(const ListedFrame&) = delete;
  ListedFrame& operator=(const ListedFrame&) = delete;

  void leave() {
    if (left_)
      return;
    left_ = true;
    const GuardFrame& frame = *thread_.innermost.load(std::memory_order_relaxed);
    thread_.frame_began_us.store(frame.outer_began_us, std::memory_order_relaxed);
    thread_.frame_number.store(frame.outer_number, std::memory_order_relaxed);
    thread_.innermost.store(frame.outer, std::memory_order_release);
  }

 private:
  GuardThread& thread_;
  bool left_ = false;
};

}  // namespace hr::runtime
