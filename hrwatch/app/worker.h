// Work on libuv's threads, with its end on the loop's thread. Knows no work in particular.
#pragma once

#include <uv.h>

#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <vector>

namespace hrwatch::app {

// Hands work to libuv's threads. `done` of work that ends after the Workers is not called. Loop's
// thread only.
class Workers {
 public:
  explicit Workers(uv_loop_t* loop);

  // Runs `work` on some thread, then `done` here. Work is started in order, ends in any.
  void run(std::function<void()> work, std::function<void()> done);

  // Runs `work` at once, on a thread of its own that lets others go first.
  void run_behind(std::function<void()> work);

  // Pieces of work that have not come to their end.
  int running() const { return *running_; }

 private:
  uv_loop_t* loop_;
  std::shared_ptr<int> running_ = std::make_shared<int>(0);
  std::vector<std::future<void>> behind_;  // waited for at the end
};

// Pieces of work of which one runs at a time, in order.
class Strand {
 public:
  explicit Strand(Workers& workers) : workers_(&workers), queue_(std::make_shared<Queue>()) {}

  void run(std::function<void()> work, std::function<void()> done);

 private:
  struct Piece {
    std::function<void()> work;
    std::function<void()> done;
  };

  struct Queue {
    std::deque<Piece> pieces;
    bool busy = false;
  };

  static void next(Workers* workers, const std::shared_ptr<Queue>& queue);

  Workers* workers_;
  std::shared_ptr<Queue> queue_;
};

}  // namespace hrwatch::app
