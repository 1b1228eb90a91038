#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "threads.h"
#include "topics.h"

namespace {

using namespace std::chrono_literals;

// A thread that lives through all reloads and runs what it is handed.
class Worker {
 public:
  ~Worker() {
    run(nullptr);
    thread_.join();
  }

  // Runs `job` in the thread and waits for it; an empty one ends the thread.
  void run(std::function<void()> job) {
    const bool last = !job;
    std::unique_lock lock(mutex_);
    job_ = std::move(job);
    state_ = last ? State::ended : State::wanted;
    changed_.notify_all();
    if (!last)
      changed_.wait(lock, [this] { return state_ == State::idle; });
  }

 private:
  enum class State { idle, wanted, ended };

  void loop() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return state_ != State::idle; });
      if (state_ == State::ended)
        return;
      job_();
      state_ = State::idle;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> job_;
  State state_ = State::idle;
  std::thread thread_{[this] {
    loop();
  }};
};

class ThreadTopic : public Topic {
 public:
  ThreadTopic() {
    for (int i = 0; i < 3; ++i)
      workers_[i].run([i] {
        exported_in_thread += 100 * (i + 1);
        next_in_thread();
        local_in_thread();
        guarded_in_thread();
      });
    next_in_thread();
    local_in_thread();
    guarded_in_thread();
  }

  ~ThreadTopic() override { stop(); }

  void check(Report& report, int version) override {
    ++reloads_;
    const int steps = 1 + reloads_;
    bool linkage = next_in_thread() == 50 + steps + 1000 * (60 + steps);
    bool local = local_in_thread() == 80 + steps;
    bool guarded = guarded_in_thread() == 70 + steps;
    report.check("thread_local of the main thread", linkage && local && guarded);
    report.check("exported thread_local in the host", exported_in_thread == 60 + steps);
    for (int i = 0; i < 3; ++i)
      workers_[i].run([&, i] {
        linkage &= next_in_thread() == 50 + steps + 1000 * (60 + 100 * (i + 1) + steps);
        local &= local_in_thread() == 80 + steps;
        guarded &= guarded_in_thread() == 70 + steps;
      });
    report.check("static and exported thread_local of threads", linkage);
    report.check("thread_local of a function in threads", local);
    report.check("thread_local with a constructor in threads", guarded);
    check_new_thread(report);
    report.check("thread in an old loop runs the new step", saw(version));
  }

  void finish(Report& report) override {
    stop();
    report.check("old loop ends", true);
  }

 private:
  // A thread born after the reload starts with the initial values and destroys its own objects.
  void check_new_thread(Report& report) {
    const int dead = destroyed_in_threads();
    bool fresh = false;
    std::thread([&] {
      fresh =
          next_in_thread() == 51 + 61000 && local_in_thread() == 81 && guarded_in_thread() == 71;
    }).join();
    report.check("thread_local of a new thread", fresh);
    report.check("thread_local destroyed with its thread", destroyed_in_threads() == dead + 1);
  }

  bool saw(int version) const {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (seen_ != version && std::chrono::steady_clock::now() < deadline)
      std::this_thread::yield();
    return seen_ == version;
  }

  void stop() {
    stopped_ = true;
    if (looping_.joinable())
      looping_.join();
  }

  int reloads_ = 0;
  std::atomic<bool> stopped_ = false;
  std::atomic<int> seen_ = 0;
  Worker workers_[3];
  std::thread looping_{[this] {
    old_loop(stopped_, seen_);
  }};
};

}  // namespace

std::unique_ptr<Topic> make_thread_topic() {
  return std::make_unique<ThreadTopic>();
}
