// The host after a crash: back to older code, and what is told of it.
#include "src/crash_signals.h"
#include "src/guard.h"
#include "src/host.h"
#include "src/withdraw.h"

namespace hr::runtime {
namespace {

Event went_back(const wire::WithdrawnModule& module) {
  Event event;
  event.kind = HR_EVENT_ROLLED_BACK;
  event.module = module.module;
  event.generation = module.running;
  return event;
}

}  // namespace

bool Host::go_back(const HotCode& code, std::uint32_t running) {
  for (const auto& module : modules()) {
    if (&module->code() == &code)
      return go_back(*module, running, 0).ok();
  }
  return false;
}

wire::Result<wire::Done> Host::go_back(const Module& module, std::uint32_t running,
                                       std::uint64_t request) {
  auto done = withdraw(modules(), module, running);
  if (!done)
    return done.failure();
  let_guarded_frames_run();
  {
    const std::lock_guard lock(outgoing_mutex_);
    outgoing_.notices.push_back({module.build_dir(), wire::Withdrawn{request, done.value()}});
  }
  wake();
  for (const wire::WithdrawnModule& one : done.value())
    bring(went_back(one));
  return wire::Done{};
}

void Host::go_back(const GoingBack& asked) {
  wire::RequestDone answer{asked.request, 0, std::nullopt};
  const auto module = last_live(modules(), asked.build_dir, asked.module);
  if (module == nullptr) {
    answer.failure = wire::Failure{
        "there is nothing to take back",
        asked.module.empty() ? "the modules run what the program started with"
                             : "module " + asked.module + " runs what the program started with",
        "edit and save: that is a reload"};
  } else if (auto done = go_back(*module, module->running(), asked.request); !done) {
    answer.failure = done.failure();
  } else {
    answer.count = 1;
  }
  {
    const std::lock_guard lock(outgoing_mutex_);
    outgoing_.notices.push_back({asked.build_dir, std::move(answer)});
  }
  wake();
}

CrashNotice notice_of(const CrashRecord& record, std::string detail, wire::CrashOutcome outcome) {
  static std::atomic<std::uint64_t> crashes{0};
  CrashNotice notice;
  notice.site = record.site;
  wire::Crashed& crash = notice.crash;
  crash.crash = ++crashes;
  crash.thread = record.thread;
  crash.cause = cause_name(record.cause);
  crash.detail = std::move(detail);
  crash.address = record.address;
  crash.outcome = outcome;
  if (record.code != nullptr) {
    notice.build_dir = record.code->owner->build_dir;
    crash.module = record.code->owner->name;
    crash.generation = record.running;
    crash.running = record.code->owner->running.load();
  }
  crash.registers.assign(record.registers.begin(), record.registers.end());
  crash.stack_address = record.stack_address;
  crash.stack.assign(record.stack.begin(),
                     record.stack.begin() + static_cast<std::ptrdiff_t>(record.stack_size));
  return notice;
}

void Host::tell_crash(const CrashRecord& record, std::string detail, wire::CrashOutcome outcome) {
  CrashNotice notice = notice_of(record, std::move(detail), outcome);
  {
    const std::lock_guard lock(outgoing_mutex_);
    outgoing_.crashes.push_back(std::move(notice));
  }
  wake();
}

}  // namespace hr::runtime
