#include "src/host.h"

#include <algorithm>
#include <new>
#include <utility>

#include "src/background.h"
#include "src/carry_over.h"
#include "src/commit.h"
#include "src/crash_signals.h"
#include "src/guard.h"
#include "src/libraries.h"
#include "src/library.h"
#include "src/live_objects.h"
#include "src/poll_gate.h"
#include "src/process.h"
#include "src/states.h"

namespace hr::runtime {
namespace {

// Ends the turn however the scope is left, by a cancelled thread too.
struct Turn {
  explicit Turn(Outbox& its_outbox) : outbox(its_outbox) {}

  ~Turn() { outbox.end(); }

  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  Outbox& outbox;
};

Event event_of(hr_event_kind kind, const wire::ModuleCommit& commit) {
  Event event;
  event.kind = kind;
  event.module = commit.module;
  event.generation = commit.generation;
  return event;
}

}  // namespace

Host& Host::get() {
  static Host& host = *new Host;
  return host;
}

void Host::module_loaded(const hr_module_info& info) {
  if (is_off() || loading_generation())
    return;
  if (disabled_by_environment()) {
    switch_off();
    return;
  }
  const std::shared_ptr<Module> module = Module::adopt(info);
  if (module == nullptr)
    return;
  {
    const std::lock_guard lock(modules_mutex_);
    modules_.push_back(module);
  }
  changed_.store(true, std::memory_order_release);
  start_thread();
  wake();
}

void Host::start_thread() {
  {
    const std::lock_guard lock(modules_mutex_);
    if (started_)
      return;
    started_ = true;
  }
  mind_forks();
  if (!start_quiet_thread(run_background))
    switch_off();
}

void Host::mind_forks() {
  {
    const std::lock_guard lock(modules_mutex_);
    if (std::exchange(minds_forks_, true))
      return;
  }
  around_fork([] { Host::get().lock_all(); },
              [] {
                Host::get().unlock_all();
                Host::get().unlock_recursive(false);
              },
              [] {
                // The thread is not in the child, and the session is not the child's.
                Host& host = Host::get();
                host.unlock_all();
                host.unlock_recursive(true);
                host.off_.store(true, std::memory_order_release);
                poll_gate.store(0, std::memory_order_release);
                leave_crashes_alone();
                close_background_descriptors();
                Libraries::get().leave_to_parent();
              });
}

void Host::module_unloaded(const hr_module_info& info) {
  if (loading_generation() || process_is_ending())
    return;
  // The destructor that calls may be forwarded: its anchor may lie in any generation.
  const auto anchor = reinterpret_cast<Pointer>(info.anchor);
  std::shared_ptr<Module> module;
  {
    const std::lock_guard lock(modules_mutex_);
    const auto found = std::find_if(modules_.begin(), modules_.end(), [&](const auto& candidate) {
      return candidate->contains(anchor);
    });
    if (found == modules_.end())
      return;
    module = *found;
    modules_.erase(found);
  }
  {
    const std::lock_guard lock(module_memory());
    module->leave();
  }
  for (const LoadedImage& image : module->images())
    listeners_.forget(image.begin, image.end);
  changed_.store(true, std::memory_order_release);
  wake();
}

std::vector<std::shared_ptr<Module>> Host::modules() {
  const std::lock_guard lock(modules_mutex_);
  return modules_;
}

int Host::generation(const char* name) {
  if (name == nullptr)
    return -1;
  const std::lock_guard lock(modules_mutex_);
  for (const auto& module : modules_) {
    if (module->name() == name)
      return static_cast<int>(module->running());
  }
  return -1;
}

bool Host::enabled() {
  if (is_off())
    return false;
  const std::lock_guard lock(modules_mutex_);
  return std::any_of(modules_.begin(), modules_.end(),
                     [](const auto& module) { return !module->problem(); });
}

void Host::switch_off() {
  leave_crashes_alone();
  off_.store(true, std::memory_order_release);
  poll_gate.store(0, std::memory_order_release);
  wake();
}

int Host::poll(std::uintptr_t frame) {
  const unsigned before = poll_gate.fetch_and(~gate_first_poll, std::memory_order_acq_rel);
  if ((before & gate_first_poll) != 0 && !is_off()) {
    polls_.store(true, std::memory_order_release);
    changed_.store(true, std::memory_order_release);
    wake();
  }
  return drain(frame);
}

void Host::bring(Task task) {
  outbox_.put(std::move(task));
  if (!polls())
    drain(0);
}

int Host::drain(std::uintptr_t poll_frame) {
  int live = 0;
  while (!is_off() && outbox_.try_begin()) {
    poll_frame_ = poll_frame;
    live += take_turn();
    // Who came while we had the turn, and after we had looked, has left it to us.
    if (outbox_.empty())
      break;
  }
  return live;
}

int Host::take_turn() {
  const Turn turn(outbox_);
  int live = 0;
  while (std::optional<Task> task = outbox_.take()) {
    if (const Event* event = std::get_if<Event>(&*task))
      listeners_.tell(*event);
    else if (const GoingBack* back = std::get_if<GoingBack>(&*task))
      go_back(*back);
    else if (const Saving* saving = std::get_if<Saving>(&*task))
      save(*saving);
    else if (const LibrarySwap* swap = std::get_if<LibrarySwap>(&*task))
      swap->library->go_live(listeners_);
    else
      live += go_live(std::get<std::shared_ptr<ReloadInFlight>>(*task));
  }
  return live;
}

void Host::save(const Saving& asked) {
  wire::RequestDone answer{asked.request, 0, std::nullopt};
  if (auto done = CarryOver::get().save(asked.build_dir + "/.hrwatch/carry"); done)
    answer.count = done.value();
  else
    answer.failure = done.failure();
  {
    const std::lock_guard lock(outgoing_mutex_);
    outgoing_.notices.push_back({asked.build_dir, std::move(answer)});
  }
  wake();
}

int Host::go_live(const std::shared_ptr<ReloadInFlight>& reload) {
  const std::uint64_t begun = now_us();
  for (const wire::ModuleCommit& module : reload->modules)
    listeners_.tell(event_of(HR_EVENT_RELOADING, module));
  const std::uint64_t told = now_us();
  reload->prepared->at_poll = polls();
  reload->prepared->poll_frame = poll_frame_;
  auto done = commit(*reload->prepared);
  reload->commit_us = now_us() - told;
  reload->remarks = reload->prepared->remarks;
  const std::vector<std::string> remarks = reload->remarks;  // the answer may take it away
  reload->wait_us = polls() ? begun - reload->ready_at_us : 0;
  if (!done)
    reload->failure = done.failure();
  {
    const std::lock_guard lock(outgoing_mutex_);
    outgoing_.finished.push_back(reload);
  }
  wake();
  if (done) {
    let_guarded_frames_run();
    for (const wire::ModuleCommit& module : reload->modules) {
      Event live = event_of(HR_EVENT_RELOADED, module);
      for (const std::string& remark : remarks)
        live.failure.what += (live.failure.what.empty() ? "" : "\n") + remark;
      listeners_.tell(live);
    }
    return static_cast<int>(reload->modules.size());
  }
  Event refused;
  refused.kind = HR_EVENT_REFUSED;
  refused.module = reload->modules.front().module;
  refused.failure = done.failure();
  listeners_.tell(refused);
  return 0;
}

Host::Outgoing Host::take_outgoing() {
  const std::lock_guard lock(outgoing_mutex_);
  return std::exchange(outgoing_, {});
}

void Host::set_wake(WakePipe pipe) {
  const std::lock_guard lock(wake_mutex_);
  wake_ = std::move(pipe);
}

bool Host::wake_works() {
  const std::lock_guard lock(wake_mutex_);
  return wake_.works();
}

void Host::drain_wake() {
  const std::lock_guard lock(wake_mutex_);
  wake_.drain();
}

void Host::wake() {
  const std::lock_guard lock(wake_mutex_);
  wake_.wake();
}

void Host::lock_all() {
  States::get().mutex().lock();
  CarryOver::get().mutex().lock();
  module_memory().lock();
  modules_mutex_.lock();
  outgoing_mutex_.lock();
  wake_mutex_.lock();
  listeners_.mutex().lock();
  outbox_.mutex().lock();
  LiveObjects::get().mutex().lock();
  libraries_mutex().lock();
}

// A recursive mutex knows its owner by a number that the child's only thread does not have.
void Host::unlock_recursive(bool in_child) {
  for (std::recursive_mutex* mutex : {&CarryOver::get().mutex(), &States::get().mutex()}) {
    if (in_child)
      new (mutex) std::recursive_mutex;
    else
      mutex->unlock();
  }
}

void Host::unlock_all() {
  libraries_mutex().unlock();
  LiveObjects::get().mutex().unlock();
  outbox_.mutex().unlock();
  listeners_.mutex().unlock();
  wake_mutex_.unlock();
  outgoing_mutex_.unlock();
  modules_mutex_.unlock();
  module_memory().unlock();
}

}  // namespace hr::runtime
