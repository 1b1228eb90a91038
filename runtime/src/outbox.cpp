#include "src/outbox.h"

#include <algorithm>

#include "src/poll_gate.h"

namespace hr::runtime {

constinit std::atomic<unsigned> poll_gate{gate_first_poll};

void Outbox::put(Task task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  poll_gate.fetch_or(gate_work, std::memory_order_release);
}

std::optional<Task> Outbox::take() {
  const std::lock_guard lock(mutex_);
  if (tasks_.empty()) {
    poll_gate.fetch_and(~gate_work, std::memory_order_release);
    return std::nullopt;
  }
  std::optional<Task> task = std::move(tasks_.front());
  tasks_.pop_front();
  return task;
}

template <class Condition>
std::shared_ptr<ReloadInFlight> Outbox::cancel_if(Condition condition) {
  const std::lock_guard lock(mutex_);
  for (auto task = tasks_.begin(); task != tasks_.end(); ++task) {
    auto* reload = std::get_if<std::shared_ptr<ReloadInFlight>>(&*task);
    if (reload == nullptr || !condition(**reload))
      continue;
    std::shared_ptr<ReloadInFlight> cancelled = std::move(*reload);
    tasks_.erase(task);
    return cancelled;
  }
  return nullptr;
}

std::shared_ptr<ReloadInFlight> Outbox::cancel(const std::string& build_dir) {
  return cancel_if([&](const ReloadInFlight& reload) {
    return build_dir.empty() || reload.build_dir == build_dir;
  });
}

std::shared_ptr<ReloadInFlight> Outbox::cancel_gone() {
  return cancel_if([](const ReloadInFlight& reload) {
    return std::any_of(reload.prepared->plans.begin(), reload.prepared->plans.end(),
                       [](const ModulePlan& plan) { return plan.module->gone(); });
  });
}

void Outbox::forget(const hr_library* library) {
  const std::lock_guard lock(mutex_);
  std::erase_if(tasks_, [&](const Task& task) {
    const Event* event = std::get_if<Event>(&task);
    return event != nullptr && event->library == library;
  });
}

std::deque<Task> Outbox::clear() {
  const std::lock_guard lock(mutex_);
  poll_gate.fetch_and(~gate_work, std::memory_order_release);
  return std::exchange(tasks_, {});
}

bool Outbox::try_begin() {
  const std::lock_guard lock(mutex_);
  if (turn_)
    return false;
  turn_ = std::this_thread::get_id();
  return true;
}

void Outbox::end() {
  const std::lock_guard lock(mutex_);
  turn_.reset();
  ended_.notify_all();
}

bool Outbox::is_callers() {
  const std::lock_guard lock(mutex_);
  return turn_ == std::this_thread::get_id();
}

bool Outbox::empty() {
  const std::lock_guard lock(mutex_);
  return tasks_.empty();
}

void Outbox::wait_for_end() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [&] { return !turn_ || *turn_ == std::this_thread::get_id(); });
}

}  // namespace hr::runtime
