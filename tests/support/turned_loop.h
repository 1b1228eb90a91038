// A libuv loop that a test turns itself until something holds. Knows nothing of what runs on it.
#pragma once

#include <uv.h>

#include <chrono>
#include <functional>

namespace hrwatch::tests {

class TurnedLoop {
 public:
  TurnedLoop() {
    uv_loop_init(&loop_);
    uv_timer_init(&loop_, &tick_);
  }

  // What runs on the loop has been told to close by now. `close()` tells whether it did.
  ~TurnedLoop() { close(); }

  TurnedLoop(const TurnedLoop&) = delete;
  TurnedLoop& operator=(const TurnedLoop&) = delete;

  uv_loop_t* get() { return &loop_; }

  // Turns the loop to its end; true when nothing was left on it. Once.
  bool close() {
    if (!closed_) {
      closed_ = true;
      uv_close(reinterpret_cast<uv_handle_t*>(&tick_), nullptr);
      uv_run(&loop_, UV_RUN_DEFAULT);
      clean_ = uv_loop_close(&loop_) == 0;
    }
    return clean_;
  }

  // Turns the loop until `condition` holds; false when it does not within `deadline`.
  //
  // The timer repeats, so that each turn ends. One that fires once would not do: libuv (1.44) runs
  // what is due before it waits, so on a busy machine the timer is gone by then, and the wait for
  // an event that never comes has no end.
  bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds deadline) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    uv_timer_start(
        &tick_, [](uv_timer_t*) {}, 2, 2);
    bool holds = condition();
    while (!holds && std::chrono::steady_clock::now() < end) {
      uv_run(&loop_, UV_RUN_ONCE);
      holds = condition();
    }
    uv_timer_stop(&tick_);
    return holds;
  }

 private:
  uv_loop_t loop_ = {};
  uv_timer_t tick_ = {};
  bool closed_ = false;
  bool clean_ = false;
};

}  // namespace hrwatch::tests
