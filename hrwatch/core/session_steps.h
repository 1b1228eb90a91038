// The parts of step(), one group per subject. Internal to `core`: nobody else includes this.
#pragma once

#include <vector>

#include "core/session.h"

namespace hrwatch::core {

// One call of step(): the state, the time, and the effects so far.
struct Step {
  State& state;
  Time now;
  std::vector<Effect> effects;

  template <class T>
  void say(T news) {
    effects.emplace_back(Report{News{std::move(news)}});
  }
};

// session_build.cpp: saves and builds
void on(Step& step, const FilesChanged& event);
void on(Step& step, const WatchOverflow& event);
void on(Step& step, const BuildProgress& event);
void on(Step& step, const BuildOutput& event);
void on(Step& step, const BuildFinished& event);
void settle_over(Step& step);
void build_next(Step& step);
void plan_everything(Step& step, const char* reason);

// session_hosts.cpp: analysis, verdicts, hosts
void on(Step& step, const Analysed& event);
void on(Step& step, const HostFolded& event);
void on(Step& step, const Judged& event);
void on(Step& step, const HostJoined& event);
void on(Step& step, const HostChanged& event);
void on(Step& step, const HostCommitted& event);
void on(Step& step, const HostRefused& event);
void on(Step& step, const HostLeft& event);
void on(Step& step, const HostRejected& event);
void analyse(Step& step);
void reconcile(Step& step);
void become_idle(Step& step);

// session_crashes.cpp: crashes and older code put back
void on(Step& step, const HostWithdrew& event);
void on(Step& step, const HostCrashed& event);
void on(Step& step, const CrashRead& event);

// session_commands.cpp: what verbs of the command line ask
void on(Step& step, const CommandAsked& event);
void on(Step& step, const HostAnswered& event);
void on(Step& step, const ThreadsRead& event);
void look_at_old_code(Step& step);
void host_left_commands(Step& step, HostId host);
void commands_overdue(Step& step);

// session_life.cpp: start, model, program, end
void on(Step& step, const WatchLost& event);
void on(Step& step, const ModelLoaded& event);
void on(Step& step, const ModelFailed& event);
void on(Step& step, const ProgramStarted& event);
void on(Step& step, const ProgramExited& event);
void on(Step& step, const Trouble& event);
void on(Step& step, const TimerFired& event);
void on(Step& step, const StopAsked& event);
void quit(Step& step, ExitCode code);
void relaunch(Step& step, const std::string& reason);
// The program that is to be relaunched has saved what it can.
void saved(Step& step, const hr::wire::RequestDone& done);
void stop_for_relaunch(Step& step);
void once_check(Step& step);

}  // namespace hrwatch::core
