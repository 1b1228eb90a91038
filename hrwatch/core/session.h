// The session: what the tool knows at one moment, and the one function that decides what happens
// next. Pure: no clock, no file, no socket; every rule of the tool's behaviour is tested through
// step().
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/build_writes.h"
#include "core/effect.h"
#include "core/event.h"
#include "core/plan.h"
#include "core/settle.h"

namespace hrwatch::core {

struct Options {
  std::vector<std::string> targets;
  bool build = true;                // --no-build: somebody else builds
  bool run = false;                 // --run
  bool once = false;                // --once
  bool relaunch_on_refuse = false;  // --on-refuse relaunch
  SettleLimits settle;
  Time once_join = std::chrono::milliseconds{1500};  // running hosts have joined by then
  Time once_answer = std::chrono::seconds{10};       // and answered by then
};

enum class ExitCode : int {
  done = 0,
  build_failed = 1,
  usage = 2,
  environment = 3,
  refused = 4,
  interrupted = 130,
};

// One build's way to the hosts, with the times that the last line shows.
struct Round {
  RoundId id = 0;
  bool by_save = false;  // somebody asked for it, by saving
  Time saved{}, settled{}, built{}, analysed{};
};

struct HostModule {
  std::string build_id;  // of the generation that runs
  std::uint32_t generation = 0;
  std::optional<hr::wire::Failure> problem = {};
  std::map<std::uint32_t, std::string> build_ids = {};  // of all generations
  std::set<std::string> taken_back = {};  // builds that were, and are not sent before the next save
};

struct Host {
  HostId id = 0;
  int pid = 0;
  std::map<std::string, HostModule> modules;
  bool folded = false;
  bool judging = false;
  bool fit = true;
  bool changed = false;                     // its modules did while an answer was pending
  bool withdrew = false;                    // older code was put back while one was on its way
  RoundId judged = 0;                       // newest round it was judged for
  std::optional<RoundId> pending;           // announced, not answered yet
  std::map<std::string, std::string> sent;  // module -> build-id of what is pending
  Round round;                              // of what is judged or pending
  Time analysed{}, announced{};
  Time joined{};
};

// One program was asked, for a verb of the command line.
struct Request {
  CommandId command = 0;
  HostId host = 0;
};

struct PendingCommand {
  std::string verb;
  std::size_t open = 0;  // programs that have not answered
  std::vector<std::string> lines;
  std::vector<hr::wire::Failure> failures;
  Time due{};
};

enum class Phase : std::uint8_t {
  starting,  // no model yet
  idle,
  building,
  cancelling,  // a newer save made the running build stale
  analysing,
  lost,  // the build folder is gone
};

struct State {
  Options options;
  Phase phase = Phase::starting;
  std::shared_ptr<const ProjectModel> model;
  Wanted wanted;
  Settle settle;

  BuildId last_build = 0;
  RoundId last_round = 0;
  Plan next;  // to build as soon as nothing runs
  Time next_saved{};
  bool next_by_save = false;
  Plan current;  // being built
  Round round;   // of the current build, or the last one
  Time build_began{}, build_ended{};
  BuildWrites build_writes;
  std::set<std::string> unbuilt;  // asked of ninja, not built since

  std::map<std::string, std::string> built;  // module -> build-id of its newest good build
  bool describing = false;                   // Analyse was asked for, and is not answered
  std::string program_id;
  std::map<HostId, Host> hosts;

  // Of verbs on the command line that wait for programs to answer.
  std::map<CommandId, PendingCommand> commands;
  std::map<std::uint64_t, Request> requests;  // by the number that the program answers with
  std::uint64_t last_request = 0;
  // Programs with threads in old code, which somebody wanted to know; looked at again until it is
  // left.
  std::set<HostId> in_old_code;
  Time look_again{};  // after this long

  int program = 0;               // pid while it runs
  bool program_crashed = false;  // it did, and is started again after the next save
  bool program_wanted = false;
  bool relaunching = false;
  std::uint64_t saving = 0;  // the request to save that is not answered yet, 0 = none
  std::string relaunch_reason;

  Time began{};
  bool once_built = false;
  bool once_refused = false;
  std::optional<int> quitting;  // exit code, once asked to stop
  bool load_wanted = false;     // read the project again when idle
  bool reload_all = false;      // ... all of it: events were lost
  bool announced_watching = false;
};

State make_state(Options options, Time now);

// What the loop performs before the first event.
std::vector<Effect> start(State& state);

// Takes in what happened; gives what to do, in order. `now` is the time at which the event is taken
// up. Never fails. Cost: linear in the event.
std::vector<Effect> step(State& state, const Event& event, Time now);

}  // namespace hrwatch::core
