#include "src/guard.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/crash_signals.h"
#include "src/guard_frame.h"
#include "src/host.h"
#include "src/process.h"

namespace hr::runtime {
namespace {

std::atomic<GuardPolicy> policy{GuardPolicy::roll_back};

// Frames that wait for new code, and what was told already of the code that runs now.
class Broken {
 public:
  // Counts changes of what code runs.
  std::uint64_t epoch() const { return epoch_.load(std::memory_order_acquire); }

  bool waits(Frame frame) {
    if (waiting_count_.load(std::memory_order_acquire) == 0)
      return false;
    const std::lock_guard lock(mutex_);
    return std::find(waiting_.begin(), waiting_.end(), frame) != waiting_.end();
  }

  // False when other code than that of `epoch` runs by now.
  bool wait(Frame frame, std::uint64_t epoch) {
    const std::lock_guard lock(mutex_);
    if (epoch != epoch_.load())
      return false;
    waiting_.push_back(frame);
    waiting_count_.store(waiting_.size(), std::memory_order_release);
    return true;
  }

  // True once for each place, as long as the same code runs.
  bool is_news(Pointer site, std::uint64_t epoch) {
    constexpr std::size_t most = 1000;
    const std::lock_guard lock(mutex_);
    if (told_.size() >= most)
      told_.erase(told_.begin(), told_.lower_bound({epoch_.load(), 0}));
    return told_.size() < most && told_.emplace(epoch, site).second;
  }

  void code_changed() {
    const std::lock_guard lock(mutex_);
    epoch_.fetch_add(1, std::memory_order_release);
    waiting_.clear();
    waiting_count_.store(0, std::memory_order_release);
  }

 private:
  std::mutex mutex_;
  std::atomic<std::uint64_t> epoch_{0};
  std::atomic<std::size_t> waiting_count_{0};
  std::vector<Frame> waiting_;
  std::set<std::pair<std::uint64_t, Pointer>> told_;
};

Broken& broken() {
  static Broken& broken = *new Broken;
  return broken;
}

wire::CrashOutcome settle(Frame frame, const CrashRecord& record, std::uint64_t epoch) {
  const GuardPolicy chosen = policy.load();
  const HotCode& owner = *record.code->owner;
  // Another thread may have crashed in the same code, and been first.
  const auto went_back = [&] {
    return record.code->withdrawn.load() || owner.running.load() < record.running;
  };
  if (went_back() || (chosen == GuardPolicy::roll_back &&
                      (Host::get().go_back(owner, record.running) || went_back())))
    return wire::CrashOutcome::went_back;
  const bool same_code = owner.running.load() == record.running;
  if (chosen == GuardPolicy::go_on || !same_code || !broken().wait(frame, epoch))
    return wire::CrashOutcome::goes_on;
  return wire::CrashOutcome::waits;
}

void after(Frame frame, const CrashRecord& record, std::string detail, std::uint64_t epoch) {
  const InRuntime inside;
  const bool news = broken().is_news(record.site, epoch);
  const wire::CrashOutcome outcome = settle(frame, record, epoch);
  if (news)
    Host::get().tell_crash(record, std::move(detail), outcome);
}

}  // namespace

bool run_guarded(Frame frame, void* user) {
  GuardThread* thread = Host::get().is_off() ? nullptr : enter_guard_thread();
  if (thread == nullptr) {
    frame(user);
    return true;
  }
  if (broken().waits(frame)) {
    rest(10'000);  // the program's loop may have nothing else to wait for
    return false;
  }
  catch_crashes();
  catch_requests();
  const std::uint64_t epoch = broken().epoch();
  std::string detail;
  if (run_frame(*thread, frame, user, detail))
    return true;
  try {
    after(frame, thread->record, std::move(detail), epoch);
  } catch (const std::exception&) {
    // No memory for the report; the frame is abandoned all the same.
  }
  return false;
}

void set_guard_policy(GuardPolicy chosen) {
  policy.store(chosen);
}

void let_guarded_frames_run() {
  broken().code_changed();
}

std::uint32_t abandon_frames(std::uint64_t least_us, std::uint32_t* busy) {
  constexpr int tries = 100;
  std::uint32_t count = 0;
  std::uint32_t elsewhere = 0;
  for (GuardThread* thread = first_guard_thread(); thread != nullptr; thread = thread->next) {
    const std::uint64_t number = thread->frame_number.load();
    if (thread->id.load() == 0 || number == 0 ||
        now_us() - thread->frame_began_us.load() < least_us)
      continue;
    const std::uint64_t before = thread->abandoned.load();
    thread->wanted.store(number);
    for (int i = 0; i < tries && thread->frame_number.load() == number; ++i) {
      request_abandonment(*thread);
      rest(5'000);
    }
    thread->wanted.store(0);
    (thread->abandoned.load() != before ? count : elsewhere) += 1;
  }
  if (busy != nullptr)
    *busy = elsewhere;
  return count;
}

}  // namespace hr::runtime
