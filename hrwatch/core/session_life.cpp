// The session's life: start, the project model, the program of --run, the end.
#include <algorithm>
#include <utility>

#include "core/session_steps.h"

namespace hrwatch::core {
namespace {

constexpr Time rewatch_every = std::chrono::seconds{1};
constexpr Time program_grace = std::chrono::seconds{3};
constexpr Time save_grace = std::chrono::seconds{2};

hr::wire::Failure not_one_program(const Wanted& wanted) {
  return {"--run does not know which program to start",
          wanted.executables.size() > 1 ? "several executables were given with --target"
                                        : "no single executable links the hot modules",
          "name it: hrwatch --target <executable> --run"};
}

// Signals that a program's own mistake ends it by.
bool is_crash(int signal) {
  constexpr int illegal = 4, abort = 6, bus = 7, arithmetic = 8, memory = 11;
  return signal == illegal || signal == abort || signal == bus || signal == arithmetic ||
         signal == memory;
}

// Looks up what the user asked for in a new model. False: it can't be found.
bool take_model(Step& step, const std::shared_ptr<const ProjectModel>& model) {
  auto& state = step.state;
  auto wanted = resolve(*model, state.options.targets);
  if (!wanted.ok()) {
    step.say(ErrorNews{wanted.failure()});
    return false;
  }
  if (state.options.run && wanted.value().run.empty()) {
    step.say(ErrorNews{not_one_program(wanted.value())});
    return false;
  }
  state.model = model;
  state.wanted = std::move(wanted.value());
  if (!state.options.run) {
    state.wanted.run = state.wanted.executables.size() == 1 ? state.wanted.run : "";
  } else if (state.wanted.executables.empty()) {
    state.wanted.executables.push_back(state.wanted.run);
  }
  return true;
}

void say_watching(Step& step) {
  auto& state = step.state;
  if (std::exchange(state.announced_watching, true)) {
    return;
  }
  Watching watching;
  for (const auto& module : state.wanted.modules) {
    watching.targets.push_back(module.target);
  }
  for (const auto& name : state.wanted.executables) {
    watching.targets.push_back(name);
  }
  watching.build_dir = state.model->build_dir;
  watching.files = state.model->owners.size();
  step.say(std::move(watching));
}

}  // namespace

State make_state(Options options, Time now) {
  State state;
  state.settle = Settle{options.settle};
  state.options = std::move(options);
  state.began = now;
  return state;
}

std::vector<Effect> start(State& state) {
  state.phase = Phase::starting;
  return {LoadModel{}};
}

void on(Step& step, const ModelLoaded& event) {
  auto& state = step.state;
  if (state.quitting) {
    return;
  }
  const bool first = !state.model;
  if (state.phase == Phase::lost && !resolve(*event.model, state.options.targets).ok()) {
    step.effects.emplace_back(SetTimer{TimerId::rewatch, step.now + rewatch_every});
    return;  // half of it is back
  }
  if (!take_model(step, event.model)) {
    if (first || state.options.once) {
      quit(step, first ? ExitCode::usage : ExitCode::environment);
    }
    return;
  }
  step.effects.emplace_back(Watch{state.model});
  if (state.phase != Phase::starting && state.phase != Phase::lost) {
    return;
  }
  step.effects.emplace_back(OpenSession{});
  if (state.phase == Phase::lost) {
    step.effects.emplace_back(StopTimer{TimerId::rewatch});
    step.say(Note{"the build folder is back"});
  }
  state.phase = Phase::idle;
  say_watching(step);
  if (state.options.once) {
    step.effects.emplace_back(SetTimer{TimerId::once, state.began + state.options.once_join});
  }
  plan_everything(step, first ? "the session starts" : "the build folder is back");
  build_next(step);
}

void on(Step& step, const ModelFailed& event) {
  auto& state = step.state;
  if (state.quitting) {
    return;
  }
  if (state.phase == Phase::lost) {
    step.effects.emplace_back(SetTimer{TimerId::rewatch, step.now + rewatch_every});
    return;
  }
  step.say(ErrorNews{event.failure});
  if (!state.model) {
    quit(step, ExitCode::environment);
  }
}

void on(Step& step, const WatchLost& event) {
  auto& state = step.state;
  if (state.quitting || state.phase == Phase::lost) {
    return;
  }
  step.say(ErrorNews{event.failure});
  if (!event.build_folder) {
    return;
  }
  if (state.phase == Phase::building) {
    step.effects.emplace_back(CancelBuild{state.last_build});
  }
  state.phase = Phase::lost;
  state.next = Plan{};
  if (state.options.once) {
    quit(step, ExitCode::environment);
    return;
  }
  step.effects.emplace_back(SetTimer{TimerId::rewatch, step.now + rewatch_every});
}

void on(Step& step, const ProgramStarted& event) {
  auto& state = step.state;
  state.program = event.pid;
  if (std::exchange(state.relaunching, false)) {
    step.say(RelaunchedApp{event.pid, std::exchange(state.relaunch_reason, {})});
  } else {
    step.say(Note{"started " + state.wanted.run + " (pid " + std::to_string(event.pid) + ")"});
  }
}

void on(Step& step, const ProgramExited& event) {
  auto& state = step.state;
  state.program = 0;
  state.saving = 0;
  step.effects.emplace_back(StopTimer{TimerId::program});
  if (state.quitting) {
    quit(step, static_cast<ExitCode>(*state.quitting));
    return;
  }
  if (state.relaunching) {
    step.effects.emplace_back(StartProgram{true});
    return;
  }
  if (is_crash(event.signal)) {
    // Somebody is about to mend it.
    state.program_crashed = true;
    step.say(Note{"the program was ended by signal " + std::to_string(event.signal) +
                  ": save, and it is started again (Ctrl-C ends hrwatch)"});
    return;
  }
  if (event.signal != 0) {
    step.say(Note{"the program was ended by signal " + std::to_string(event.signal)});
  }
  quit(step, static_cast<ExitCode>(event.signal != 0 ? 128 + event.signal : event.status));
}

void on(Step& step, const Trouble& event) {
  step.say(ErrorNews{event.failure});
}

void on(Step& step, const TimerFired& event) {
  auto& state = step.state;
  switch (event.timer) {
    case TimerId::settle:
      settle_over(step);
      return;
    case TimerId::once:
      once_check(step);
      return;
    case TimerId::rewatch:
      if (state.phase == Phase::lost) {
        step.effects.emplace_back(LoadModel{});
      }
      return;
    case TimerId::old_code:
      look_at_old_code(step);
      return;
    case TimerId::commands:
      commands_overdue(step);
      return;
    case TimerId::program:
      if (state.saving != 0) {
        step.say(Note{"the program did not save its state in time: it starts without"});
        stop_for_relaunch(step);
        return;
      }
      if (state.program != 0) {
        step.effects.emplace_back(StopProgram{0, true});
      }
      return;
  }
}

void on(Step& step, const StopAsked& event) {
  auto& state = step.state;
  const bool again = state.quitting.has_value();
  state.saving = 0;
  if (state.program != 0) {
    if (again || !event.program_has_it) {
      step.effects.emplace_back(StopProgram{event.signal, false});
    }
    step.effects.emplace_back(SetTimer{TimerId::program, step.now + program_grace});
  }
  if (again && state.program == 0) {
    step.effects.emplace_back(Quit{*state.quitting});  // asked twice: whatever is still running
    return;
  }
  quit(step, ExitCode::interrupted);
}

void stop_for_relaunch(Step& step) {
  step.state.saving = 0;
  step.effects.emplace_back(StopProgram{});
  step.effects.emplace_back(SetTimer{TimerId::program, step.now + program_grace});
}

void relaunch(Step& step, const std::string& reason) {
  auto& state = step.state;
  if (state.relaunching || state.quitting || state.program == 0) {
    return;
  }
  state.relaunching = true;
  state.relaunch_reason = reason;
  const auto host = std::find_if(state.hosts.begin(), state.hosts.end(), [&](const auto& entry) {
    return entry.second.pid == state.program;
  });
  if (host == state.hosts.end()) {
    stop_for_relaunch(step);
    return;
  }
  AskToSave ask{host->first, ++state.last_request, {}};
  for (const auto& [name, module] : host->second.modules) {
    ask.builds.push_back(module.build_id);
  }
  state.saving = ask.request;
  step.effects.emplace_back(std::move(ask));
  step.effects.emplace_back(SetTimer{TimerId::program, step.now + save_grace});
}

void saved(Step& step, const hr::wire::RequestDone& done) {
  if (done.failure) {
    step.say(ErrorNews{*done.failure});
  }
  stop_for_relaunch(step);
}

void once_check(Step& step) {
  auto& state = step.state;
  if (!state.options.once || state.quitting || !state.once_built || state.phase != Phase::idle) {
    return;
  }
  const Time joined = state.began + state.options.once_join;
  if (step.now < joined) {
    return;  // running programs may still be on their way; the timer comes
  }
  const bool waiting = std::any_of(state.hosts.begin(), state.hosts.end(), [](const auto& entry) {
    return !entry.second.folded || entry.second.judging || entry.second.pending;
  });
  const Time answered = joined + state.options.once_answer;
  if (waiting && step.now < answered) {
    step.effects.emplace_back(SetTimer{TimerId::once, answered});
    return;
  }
  if (waiting) {
    step.say(ErrorNews{{"a program did not answer the reload",
                        "it has not reached its hr_poll() in time, or is stopped in a debugger",
                        "let it run and save again, or use hrwatch without --once"}});
  }
  quit(step, waiting || state.once_refused ? ExitCode::refused : ExitCode::done);
}

void quit(Step& step, ExitCode code) {
  auto& state = step.state;
  if (!state.quitting) {
    state.quitting = static_cast<int>(code);
    if (state.phase == Phase::building) {
      state.phase = Phase::cancelling;
      step.effects.emplace_back(CancelBuild{state.last_build});
    }
    if (state.program != 0 && code != ExitCode::interrupted) {
      step.effects.emplace_back(StopProgram{});
      step.effects.emplace_back(SetTimer{TimerId::program, step.now + program_grace});
    }
  }
  if (state.phase == Phase::cancelling || state.program != 0) {
    return;  // the end of the build and of the program come as events
  }
  step.effects.emplace_back(Quit{*state.quitting});
}

}  // namespace hrwatch::core
