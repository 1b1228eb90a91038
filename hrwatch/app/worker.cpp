#include "app/worker.h"

#include <chrono>

#include "app/thread_priority.h"

namespace hrwatch::app {
namespace {

// Does it, and lets go of what it holds: that may be large, and the loop's thread has to watch.
void do_whole(std::function<void()>& work) {
  work();
  work = nullptr;
}

struct Piece {
  uv_work_t request{};
  std::function<void()> work;
  std::function<void()> done;
  std::weak_ptr<int> running;
};

}  // namespace

Workers::Workers(uv_loop_t* loop) : loop_(loop) {}

void Workers::run(std::function<void()> work, std::function<void()> done) {
  auto* piece = new Piece{{}, std::move(work), std::move(done), running_};
  piece->request.data = piece;
  ++*running_;
  uv_queue_work(
      loop_, &piece->request,
      [](uv_work_t* request) { do_whole(static_cast<Piece*>(request->data)->work); },
      [](uv_work_t* request, int) {
        const std::unique_ptr<Piece> ended(static_cast<Piece*>(request->data));
        if (const auto count = ended->running.lock()) {
          --*count;
          ended->done();
        }
      });
}

void Workers::run_behind(std::function<void()> work) {
  std::erase_if(behind_, [](const std::future<void>& piece) {
    return piece.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  });
  behind_.push_back(std::async(std::launch::async, [work = std::move(work)]() mutable {
    let_others_go_first();
    do_whole(work);
  }));
}

void Strand::run(std::function<void()> work, std::function<void()> done) {
  queue_->pieces.push_back({std::move(work), std::move(done)});
  if (!queue_->busy) {
    next(workers_, queue_);
  }
}

void Strand::next(Workers* workers, const std::shared_ptr<Queue>& queue) {
  if (queue->pieces.empty()) {
    queue->busy = false;
    return;
  }
  queue->busy = true;
  Piece piece = std::move(queue->pieces.front());
  queue->pieces.pop_front();
  workers->run(std::move(piece.work), [workers, queue, done = std::move(piece.done)] {
    done();
    next(workers, queue);
  });
}

}  // namespace hrwatch::app
