#include "src/crash_desk.h"

#include "src/function_name.h"

namespace hr::runtime {
namespace {

std::string what_follows(const wire::Crashed& crash) {
  switch (crash.outcome) {
    case wire::CrashOutcome::died:
      return "the program ends";
    case wire::CrashOutcome::went_back:
      return "the frame was abandoned, and generation " + std::to_string(crash.running) + " of " +
             crash.module + " runs again";
    case wire::CrashOutcome::waits:
      return "the frame was abandoned, and is not run until new code goes live";
    case wire::CrashOutcome::goes_on:
      return "the frame was abandoned, and the program goes on";
  }
  return "";
}

}  // namespace

wire::Failure explain_crash(const CrashNotice& notice) {
  const wire::Crashed& crash = notice.crash;
  std::string what = crash.cause;
  if (crash.cause == "exception")
    what = crash.detail;
  else if (crash.cause == "request")
    what = "abandoned on request";
  return {what + " in " + function_at(notice.site), what_follows(crash),
          "mend it and save; file and line are shown while hrwatch runs"};
}

void CrashDesk::take(CrashNotice notice, Connection* link) {
  if (link == nullptr || !link->is_joined()) {
    tell(notice, explain_crash(notice));
    return;
  }
  link->send(notice.crash);
  notice.crash.stack.clear();
  const std::uint64_t number = notice.crash.crash;
  unexplained_.insert_or_assign(number, std::move(notice));
}

void CrashDesk::take(const wire::CrashExplained& explained) {
  const auto found = unexplained_.find(explained.crash);
  if (found == unexplained_.end())
    return;
  tell(found->second, explained.text);
  unexplained_.erase(found);
}

void CrashDesk::tool_left(const std::string& build_dir) {
  for (auto at = unexplained_.begin(); at != unexplained_.end();) {
    if (at->second.build_dir != build_dir) {
      ++at;
      continue;
    }
    tell(at->second, explain_crash(at->second));
    at = unexplained_.erase(at);
  }
}

void CrashDesk::tell(const CrashNotice& notice, wire::Failure text) {
  if (notice.crash.outcome == wire::CrashOutcome::died)
    return;  // nobody is there to listen
  Event event;
  event.kind = HR_EVENT_CRASHED;
  event.module = notice.crash.module;
  event.generation = notice.crash.generation;
  event.failure = std::move(text);
  Host::get().bring(std::move(event));
}

}  // namespace hr::runtime
