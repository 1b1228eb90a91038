// Crashes, and older code put back: what later builds are compared with then.
#include <utility>

#include "core/crash_words.h"
#include "core/session_steps.h"

namespace hrwatch::core {

void on(Step& step, const HostWithdrew& event) {
  auto& state = step.state;
  const auto found = state.hosts.find(event.host);
  if (found == state.hosts.end()) {
    return;
  }
  Host& host = found->second;
  for (const auto& one : event.withdrawn.modules) {
    HostModule& module = host.modules[one.module];
    module.taken_back.insert(module.build_ids[one.withdrawal.generation]);
    module.generation = one.running;
    module.build_id = module.build_ids[one.running];
    module.taken_back.erase(module.build_id);
    step.say(RolledBack{host.pid, one.module, one.running, one.withdrawal.generation,
                        event.withdrawn.request == 0});
  }
  // What is on its way was judged for the code that ran before: the program will not take it.
  host.withdrew = host.withdrew || host.judging || host.pending.has_value();
  step.effects.emplace_back(Withdraw{host.id, event.withdrawn.modules});
}

void on(Step& step, const HostCrashed& event) {
  const auto found = step.state.hosts.find(event.host);
  if (found != step.state.hosts.end()) {
    step.effects.emplace_back(ReadCrash{event.host, found->second.pid, event.crash});
  }
}

void on(Step& step, const CrashRead& event) {
  step.say(CrashedApp{event.pid, event.crash, event.frames});
  step.effects.emplace_back(Tell{
      event.host, hr::wire::CrashExplained{event.crash.crash, explain(event.crash, event.frames)}});
}

}  // namespace hrwatch::core
