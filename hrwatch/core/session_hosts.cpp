// Hosts: who has which generation, what a build means for each, and what they answered.
#include <algorithm>
#include <string_view>
#include <utility>

#include "core/session_steps.h"

namespace hrwatch::core {
namespace {

bool is_wanted(const State& state, const std::string& module) {
  return std::any_of(state.wanted.modules.begin(), state.wanted.modules.end(),
                     [&](const auto& wanted) { return wanted.name == module; });
}

// Modules of the host for which a newer good build exists.
std::vector<std::string> outdated(const State& state, const Host& host) {
  std::vector<std::string> modules;
  for (const auto& [name, module] : host.modules) {
    const auto built = state.built.find(name);
    if (built != state.built.end() && is_wanted(state, name) && built->second != module.build_id &&
        !module.taken_back.contains(built->second)) {
      modules.push_back(name);
    }
  }
  return modules;
}

// Which generation runs: what each commit put on top, less what was taken back.
void take_generations(HostModule& known, const hr::wire::ModuleState& module) {
  std::vector<std::uint32_t> live;
  for (const auto& generation : module.generations) {
    known.build_ids[generation.number] = generation.build_id;
    live.push_back(generation.number);
    for (const auto& withdrawal : module.withdrawn) {
      if (withdrawal.during == generation.number) {
        std::erase(live, withdrawal.generation);
      }
    }
  }
  if (!live.empty()) {
    known.generation = live.back();
    known.build_id = known.build_ids[live.back()];
  }
  if (!module.withdrawn.empty() && !module.generations.empty() &&
      module.withdrawn.back().during == module.generations.back().number) {
    for (const auto& withdrawal : module.withdrawn) {
      if (withdrawal.during == module.generations.back().number) {
        known.taken_back.insert(known.build_ids[withdrawal.generation]);
      }
    }
    known.taken_back.erase(known.build_id);
  }
}

void take_modules(Host& host, const std::vector<hr::wire::ModuleState>& modules) {
  host.modules.clear();
  for (const auto& module : modules) {
    HostModule known;
    take_generations(known, module);
    known.problem = module.problem;
    host.modules[module.name] = known;
  }
}

void refuse(Step& step, const Host& host, const std::string& module,
            const hr::wire::Failure& failure) {
  auto& state = step.state;
  step.say(RefusedReload{host.pid, module, failure});
  state.once_refused = true;
  if (state.options.relaunch_on_refuse && state.program == host.pid) {
    relaunch(step, failure.what);
  }
}

void judge(Step& step, Host& host, std::vector<std::string> modules) {
  auto& state = step.state;
  host.judging = true;
  host.judged = state.round.id;
  host.round = state.round;
  if (host.joined > state.round.built) {
    // It came after the build: its clock starts with its arrival.
    host.round.saved = host.round.settled = host.round.built = step.now;
  }
  step.effects.emplace_back(Judge{state.round.id, host.id, std::move(modules)});
}

// Says `unchanged` for what was built and is what every host already runs. Whether there was any.
bool report_unchanged(Step& step, const Analysed& event,
                      const std::map<std::string, std::string>& before) {
  const auto& state = step.state;
  bool said = false;
  for (const auto& module : state.wanted.modules) {
    const auto& targets = state.current.targets;
    if (std::find(targets.begin(), targets.end(), module.target) == targets.end()) {
      continue;
    }
    const auto built = std::find_if(event.modules.begin(), event.modules.end(),
                                    [&](const auto& build) { return build.module == module.name; });
    if (built == event.modules.end() || built->failure) {
      continue;
    }
    const auto old = before.find(module.name);
    bool same = old != before.end() && old->second == built->build_id;
    bool anyone = false;
    for (const auto& [id, host] : state.hosts) {
      const auto has = host.modules.find(module.name);
      if (has != host.modules.end()) {
        same = anyone ? same && has->second.build_id == built->build_id
                      : has->second.build_id == built->build_id;
        anyone = true;
      }
    }
    if (same) {
      step.say(UnchangedModule{module.name});
      said = true;
    }
  }
  return said;
}

// Whether it had something to say, or the program starts again, which will be told.
bool host_was_rebuilt(Step& step, const std::string& program_id) {
  auto& state = step.state;
  if (program_id.empty() || program_id == state.program_id) {
    return false;
  }
  const bool known = !std::exchange(state.program_id, program_id).empty();
  if (!known || state.current.action != Action::relaunch) {
    return false;
  }
  std::string reason = "the host was rebuilt";
  for (const auto& why : state.current.reasons) {
    if (why.find("in the host") != std::string::npos) {
      reason = why;
    }
  }
  if (state.options.run && state.program != 0) {
    relaunch(step, reason);
    return true;
  }
  if (!state.options.run && !state.hosts.empty()) {
    step.say(Note{"the host itself was rebuilt (" + reason + "): start it again to run that"});
    return true;
  }
  return false;
}

// Each save gets an answer, also where no program takes anything in.
void report_built(Step& step, const std::vector<std::string>& targets) {
  const auto& state = step.state;
  if (state.options.once || state.relaunching || state.phase != Phase::idle ||
      std::any_of(state.hosts.begin(), state.hosts.end(), [](const auto& host) {
        return !host.second.folded || host.second.judging || host.second.pending;
      })) {
    return;
  }
  std::string built;
  for (const auto& target : targets) {
    built += (built.empty() ? "" : ", ") + target;
  }
  const bool fit = std::all_of(state.hosts.begin(), state.hosts.end(),
                               [](const auto& host) { return host.second.fit; });
  step.say(Note{"built " + built +
                (state.hosts.empty()
                     ? "; no program has joined (one that opens the file itself need not)"
                     : (fit ? "; nothing in it is new to what runs" : ""))});
}

}  // namespace

void analyse(Step& step) {
  auto& state = step.state;
  state.phase = Phase::analysing;
  state.describing = true;
  Analyse effect{state.round.id, {}, program_parts(*state.model, state.wanted)};
  for (const auto& module : state.wanted.modules) {
    effect.modules.push_back(module.name);
  }
  step.effects.emplace_back(std::move(effect));
}

void on(Step& step, const Analysed& event) {
  auto& state = step.state;
  if (event.round == state.round.id) {
    state.describing = false;
  }
  if (event.round != state.round.id || state.phase != Phase::analysing) {
    return;
  }
  if (state.quitting) {
    state.phase = Phase::idle;
    quit(step, static_cast<ExitCode>(*state.quitting));
    return;
  }
  const auto before = state.built;
  const auto targets = state.current.targets;
  bool answered = state.options.run && !state.round.by_save;  // by the start of the program
  for (const auto& module : event.modules) {
    if (module.failure) {
      step.say(ErrorNews{*module.failure});
      answered = true;
    } else {
      state.built[module.module] = module.build_id;
    }
  }
  if (state.round.by_save) {
    for (auto& [id, host] : state.hosts) {
      for (auto& [name, module] : host.modules) {
        module.taken_back.clear();  // asked for again
      }
    }
  }
  answered = host_was_rebuilt(step, event.program_id) || answered;
  if (!state.relaunching) {
    answered = report_unchanged(step, event, before) || answered;
  }
  state.once_built = true;
  if (state.program_crashed && state.round.by_save) {
    state.program_crashed = false;
    state.program_wanted = false;
    state.relaunching = true;
    state.relaunch_reason = "it had crashed";
  }
  if (state.options.run && state.program == 0 && !state.program_wanted) {
    state.program_wanted = true;
    step.effects.emplace_back(StartProgram{});
    answered = true;
  }
  reconcile(step);
  if (!answered) {
    report_built(step, targets);
  }
}

void reconcile(Step& step) {
  auto& state = step.state;
  if ((state.phase != Phase::analysing && state.phase != Phase::idle) || state.describing) {
    return;  // Analysed will come back here
  }
  bool judging = false;
  for (auto& [id, host] : state.hosts) {
    if (host.folded && host.fit && !host.judging && !host.pending && host.judged < state.round.id &&
        !state.relaunching) {
      auto modules = outdated(state, host);
      if (!modules.empty()) {
        judge(step, host, std::move(modules));
      }
    }
    judging = judging || host.judging;
  }
  if (judging) {
    state.phase = Phase::analysing;
  } else {
    become_idle(step);
  }
}

void become_idle(Step& step) {
  auto& state = step.state;
  state.phase = Phase::idle;
  if (state.next.builds()) {
    build_next(step);
    return;
  }
  if (std::exchange(state.load_wanted, false)) {
    step.effects.emplace_back(LoadModel{std::exchange(state.reload_all, false)});
  }
  once_check(step);
}

void on(Step& step, const HostFolded& event) {
  auto& state = step.state;
  const auto found = state.hosts.find(event.host);
  if (found == state.hosts.end()) {
    return;
  }
  found->second.folded = true;
  if (event.failure) {
    found->second.fit = false;
    step.say(ErrorNews{*event.failure});
  }
  reconcile(step);
}

void on(Step& step, const Judged& event) {
  auto& state = step.state;
  const auto found = state.hosts.find(event.host);
  if (found == state.hosts.end() || !found->second.judging || found->second.judged != event.round) {
    reconcile(step);
    return;
  }
  Host& host = found->second;
  host.judging = false;
  host.sent.clear();
  bool refused = false;
  for (const auto& verdict : event.modules) {
    if (verdict.kind == VerdictKind::refused) {
      refused = true;
      for (const auto& reason : verdict.reasons) {
        refuse(step, host, verdict.module, reason);
        step.effects.emplace_back(Tell{host.id, hr::wire::RefusedByTool{verdict.module, reason}});
      }
    } else if (verdict.kind == VerdictKind::accepted) {
      host.sent[verdict.module] = verdict.build_id;
    } else {
      host.modules[verdict.module].build_id = verdict.build_id;
      step.say(UnchangedModule{verdict.module});
    }
    for (const auto& remark : verdict.remarks) {
      step.say(Note{verdict.module + ": " + remark});
    }
  }
  if (!refused && !host.sent.empty()) {
    // All modules of a save go in together or not at all.
    host.pending = event.round;
    host.analysed = event.analysed_at;
    host.announced = step.now;
    step.effects.emplace_back(Announce{event.round, host.id});
  } else {
    host.withdrew = false;
  }
  reconcile(step);
}

void on(Step& step, const HostJoined& event) {
  auto& state = step.state;
  Host host;
  host.id = event.host;
  host.pid = event.hello.pid;
  host.joined = step.now;
  take_modules(host, event.hello.modules);
  std::vector<std::string> names;
  for (const auto& module : event.hello.modules) {
    names.push_back(module.name);
  }
  state.hosts[host.id] = host;
  std::string program = event.hello.program;
  constexpr std::string_view rebuilt = " (deleted)";  // Linux: its file was replaced since
  if (program.ends_with(rebuilt)) {
    program.resize(program.size() - rebuilt.size());
  }
  step.say(AppJoined{host.pid, program, names});
  for (const auto& module : event.hello.modules) {
    if (module.problem) {
      step.say(ErrorNews{*module.problem});
    }
  }
  step.effects.emplace_back(FoldHost{host.id});
}

void on(Step& step, const HostChanged& event) {
  auto& state = step.state;
  const auto found = state.hosts.find(event.host);
  if (found == state.hosts.end()) {
    return;
  }
  Host& host = found->second;
  const auto before = host.modules;
  take_modules(host, event.change.modules);
  const bool same = std::equal(before.begin(), before.end(), host.modules.begin(),
                               host.modules.end(), [](const auto& a, const auto& b) {
                                 return a.first == b.first &&
                                        a.second.build_id == b.second.build_id &&
                                        a.second.generation == b.second.generation;
                               });
  if (same) {
    return;  // only its way of committing changed
  }
  if (host.pending) {
    host.changed = true;  // most likely the reload itself; its answer is on the way
    return;
  }
  host.folded = false;
  host.fit = true;
  host.judged = 0;
  step.effects.emplace_back(FoldHost{host.id});
}

void on(Step& step, const HostCommitted& event) {
  auto& state = step.state;
  const auto found = state.hosts.find(event.host);
  if (found == state.hosts.end() || found->second.pending != event.committed.reload_id) {
    return;
  }
  Host& host = found->second;
  host.pending.reset();
  host.changed = false;
  host.withdrew = false;
  const auto us = [](std::uint64_t value) {
    return std::chrono::duration_cast<Time>(std::chrono::microseconds{value});
  };
  Stages stages;
  stages.settle = host.round.settled - host.round.saved;
  stages.build = host.round.built - host.round.settled;
  stages.analyse = std::max(Time{}, host.analysed - host.round.built);
  stages.publish = std::max(Time{}, host.announced - std::max(host.analysed, host.round.built));
  stages.wait = us(event.committed.wait_us);
  stages.commit = us(event.committed.commit_us);
  stages.load = std::max(Time{}, step.now - host.announced - stages.wait - stages.commit);
  std::vector<std::string> remarks = event.committed.remarks;
  for (const auto& module : event.committed.modules) {
    auto& known = host.modules[module.module];
    known.build_id = host.sent[module.module];
    known.generation = module.generation;
    known.build_ids[module.generation] = known.build_id;
    known.taken_back.clear();
    step.say(Reloaded{host.pid, module.module, module.generation, step.now - host.round.saved,
                      stages, host.round.saved, std::exchange(remarks, {})});
  }
  step.effects.emplace_back(Adopt{event.committed.reload_id, host.id});
  host.sent.clear();
  reconcile(step);
}

void on(Step& step, const HostRefused& event) {
  auto& state = step.state;
  const auto found = state.hosts.find(event.host);
  if (found == state.hosts.end() || found->second.pending != event.refused.reload_id) {
    return;
  }
  Host& host = found->second;
  host.pending.reset();
  host.sent.clear();
  if (std::exchange(host.withdrew, false)) {
    host.judged = 0;  // it was judged for what ran before; again, for what runs now
    reconcile(step);
    return;
  }
  refuse(step, host, event.refused.module, event.refused.failure);
  if (std::exchange(host.changed, false)) {
    host.folded = false;
    step.effects.emplace_back(FoldHost{host.id});
  }
  reconcile(step);
}

void on(Step& step, const HostLeft& event) {
  auto& state = step.state;
  const auto found = state.hosts.find(event.host);
  if (found == state.hosts.end()) {
    return;
  }
  step.say(AppLeft{found->second.pid});
  state.hosts.erase(found);
  step.effects.emplace_back(ForgetHost{event.host});
  host_left_commands(step, event.host);
  reconcile(step);
}

void on(Step& step, const HostRejected& event) {
  step.say(ErrorNews{event.failure});
}

}  // namespace hrwatch::core
