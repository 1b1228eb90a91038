// Saves and builds: settle, plan, one ninja at a time, the latest save wins.
#include <algorithm>

#include "core/session_steps.h"

namespace hrwatch::core {
namespace {

void arm_settle(Step& step) {
  if (const auto due = step.state.settle.due()) {
    step.effects.emplace_back(SetTimer{TimerId::settle, *due});
  }
}

bool matters(const State& state, const std::string& path) {
  if (!state.model) {
    return false;
  }
  if (state.options.build) {
    return is_relevant(*state.model, path);
  }
  return std::any_of(state.wanted.modules.begin(), state.wanted.modules.end(),
                     [&](const auto& module) { return module.artifact == path; });
}

// Plan of a burst of artifacts with --no-build: nothing to build, all to look at.
Plan artifact_plan(const State& state, const std::vector<std::string>& paths) {
  Plan plan;
  plan.action = Action::build_modules;
  for (const auto& path : paths) {
    plan.reasons.push_back(path + ": built by somebody else");
  }
  for (const auto& module : state.wanted.modules) {
    plan.targets.push_back(module.target);
  }
  return plan;
}

// Who wrote the file: somebody, or the running build.
BuildWrites::Writer writer_of(Step& step, const FileEvent& file) {
  constexpr Time hearing = std::chrono::milliseconds{2};  // of what a build writes last
  auto& state = step.state;
  const bool building = state.phase == Phase::building || state.phase == Phase::cancelling;
  if (!building && (state.last_build == 0 || file.at - state.build_ended > hearing)) {
    state.build_writes.changed_outside(file.path);
    return BuildWrites::Writer::somebody;
  }
  return state.build_writes.changed_during(file.path, state.last_build, state.build_began, file.at);
}

void add_change(Step& step, const FileEvent& file) {
  auto& state = step.state;
  const auto writer = state.options.build ? writer_of(step, file) : BuildWrites::Writer::somebody;
  if (writer == BuildWrites::Writer::found_out) {
    step.say(ErrorNews{{"the build itself writes " + file.path + " each time",
                        "it changed at the same moment of three builds in a row; building again "
                        "for that would never end, so such changes are no saves any more",
                        "let that step write into the build folder, or only when the content "
                        "differs"}});
  }
  if (writer != BuildWrites::Writer::build) {
    state.settle.add(file, writer != BuildWrites::Writer::somebody);
    arm_settle(step);
  }
}

void begin_round(Step& step) {
  auto& state = step.state;
  state.current = std::exchange(state.next, Plan{});
  state.round = Round{++state.last_round,
                      std::exchange(state.next_by_save, false),
                      state.next_saved,
                      step.now,
                      {},
                      {}};
}

void build_failed(Step& step, const BuildFinished& event) {
  auto& state = step.state;
  state.phase = Phase::idle;
  if (event.outcome == BuildOutcome::broken && event.failure) {
    step.say(ErrorNews{*event.failure});
  }
  step.say(BuildBroke{event.diagnostics});
  step.effects.emplace_back(Tell{0, hr::wire::BuildFailed{event.diagnostics}});
  if (state.options.once) {
    quit(step,
         event.outcome == BuildOutcome::broken ? ExitCode::environment : ExitCode::build_failed);
    return;
  }
  state.load_wanted = true;  // CMake may have run all the same
  become_idle(step);
}

}  // namespace

void on(Step& step, const FilesChanged& event) {
  for (const auto& file : event.files) {
    if (matters(step.state, file.path)) {
      add_change(step, file);
    }
  }
}

void on(Step& step, const WatchOverflow& event) {
  step.state.settle.add_overflow(event.at);
  arm_settle(step);
}

void settle_over(Step& step) {
  auto& state = step.state;
  const auto due = state.settle.due();
  if (!due || state.quitting || !state.model) {
    return;
  }
  if (*due > step.now) {
    step.effects.emplace_back(SetTimer{TimerId::settle, *due});
    return;
  }
  const auto burst = state.settle.take();
  const Plan plan = state.options.build
                        ? make_plan(*state.model, state.wanted, burst.paths, burst.overflow)
                        : artifact_plan(state, burst.paths);
  step.say(Change{burst.paths, plan.reasons});
  if (burst.overflow) {
    state.load_wanted = true;
    state.reload_all = true;
  }
  if (!plan.builds()) {
    if (!plan.reasons.empty()) {
      step.say(Note{"nothing to build: " + plan.reasons.front()});
    }
    return;
  }
  merge(state.next, plan);
  state.next_by_save = true;
  state.next_saved = burst.saved;
  if (state.phase == Phase::idle) {
    build_next(step);
  } else if (state.phase == Phase::building && !burst.doubtful) {
    state.phase = Phase::cancelling;
    step.effects.emplace_back(CancelBuild{state.last_build});
  }
}

void plan_everything(Step& step, const char* reason) {
  auto& state = step.state;
  Plan plan = make_plan(*state.model, state.wanted, {}, true);
  plan.reasons = {reason};
  merge(state.next, plan);
  state.next_saved = step.now;
}

void build_next(Step& step) {
  auto& state = step.state;
  for (const auto& target : state.unbuilt) {
    if (state.next.builds() && std::find(state.next.targets.begin(), state.next.targets.end(),
                                         target) == state.next.targets.end()) {
      state.next.targets.push_back(target);
    }
  }
  begin_round(step);
  if (!state.options.build) {
    state.round.built = step.now;
    analyse(step);
    return;
  }
  state.phase = Phase::building;
  state.build_began = step.now;
  state.unbuilt.insert(state.current.targets.begin(), state.current.targets.end());
  step.effects.emplace_back(StartBuild{++state.last_build, state.current.targets});
  step.say(BuildBegan{state.current.targets});
  step.effects.emplace_back(Tell{0, hr::wire::BuildStarted{state.current.targets}});
}

void on(Step& step, const BuildProgress& event) {
  if (event.build == step.state.last_build && step.state.phase == Phase::building) {
    step.say(BuildAdvanced{event.done, event.total});
    step.effects.emplace_back(ReadAhead{});
  }
}

void on(Step& step, const BuildOutput& event) {
  if (event.build == step.state.last_build && step.state.phase == Phase::building) {
    step.say(BuildText{event.text});
  }
}

void on(Step& step, const BuildFinished& event) {
  auto& state = step.state;
  if (event.build != state.last_build ||
      (state.phase != Phase::building && state.phase != Phase::cancelling)) {
    return;
  }
  state.build_ended = step.now;
  if (state.quitting) {
    state.phase = Phase::idle;
    quit(step, static_cast<ExitCode>(*state.quitting));
    return;
  }
  if (state.phase == Phase::cancelling) {
    // Whatever it came to, a newer save is waiting; what was asked for is still to be built.
    step.say(BuildDropped{});
    merge(state.next, state.current);
    build_next(step);
    return;
  }
  if (event.outcome != BuildOutcome::succeeded) {
    build_failed(step, event);
    return;
  }
  state.unbuilt.clear();
  state.round.built = step.now;
  state.load_wanted = state.load_wanted || !event.no_work;
  step.say(BuildDone{step.now - state.build_began});
  step.effects.emplace_back(Tell{0, hr::wire::BuildFinished{}});
  analyse(step);
}

}  // namespace hrwatch::core
