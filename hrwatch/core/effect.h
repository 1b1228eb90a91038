// What to do: everything the session can ask of the outside. step() makes effects, `app` performs
// them in order. Plain data: knows no adapter.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/event.h"
#include "core/news.h"

namespace hrwatch::core {

struct SetTimer {
  TimerId timer = TimerId::settle;
  Time at{};  // replaces an earlier setting of the same timer
};

struct StopTimer {
  TimerId timer = TimerId::settle;
};

struct StartBuild {
  BuildId build = 0;
  std::vector<std::string> targets;  // what ninja is asked for
};

struct CancelBuild {
  BuildId build = 0;
};

// Read the project again. Answered by ModelLoaded or ModelFailed; not at all when only what a build
// may have changed was to be looked at (`full` false) and nothing has.
struct LoadModel {
  bool full = true;
};

// Watch exactly what this model says.
struct Watch {
  std::shared_ptr<const ProjectModel> model;
};

// Write the session file and listen (again: the build folder may have been wiped).
struct OpenSession {};

// Read what compilers have written, while the build goes on. Not answered.
struct ReadAhead {};

// Describe (and, while hosts are attached, publish) what was built. Answered by Analysed.
struct Analyse {
  RoundId round = 0;
  std::vector<std::string> modules;
  std::vector<std::string> program;  // also look at these targets' files: see program_parts()
};

// Learn the generations that a new host already has. Answered by HostFolded.
struct FoldHost {
  HostId host = 0;
};

// Judge these modules, as last analysed, for one host. Answered by Judged.
struct Judge {
  RoundId round = 0;
  HostId host = 0;
  std::vector<std::string> modules;
};

// Send what was judged and accepted for this host.
struct Announce {
  RoundId round = 0;
  HostId host = 0;
};

// The host committed: what later builds are compared with.
struct Adopt {
  RoundId round = 0;
  HostId host = 0;
};

// The host took generations back: what later builds are compared with.
struct Withdraw {
  HostId host = 0;
  std::vector<hr::wire::WithdrawnModule> modules;
};

// Find out where a crash was. Answered by CrashRead, also when nothing can be found out.
struct ReadCrash {
  HostId host = 0;
  int pid = 0;
  hr::wire::Crashed crash;
};

// Find out which threads are in old code; they stand still for some milliseconds. Answered by
// ThreadsRead.
struct ReadThreads {
  HostId host = 0;
  CommandId command = 0;
};

// To a verb of the command line.
struct Answer {
  CommandId command = 0;
  hr::wire::Answered answer;
};

// Tell one host, or all (`host` 0).
struct Tell {
  HostId host = 0;
  hr::wire::ToolMessage message;
};

struct ForgetHost {
  HostId host = 0;
};

// Have the program write its state down before it is relaunched. Answered by HostAnswered.
struct AskToSave {
  HostId host = 0;
  std::uint64_t request = 0;
  std::vector<std::string> builds;  // build-ids of what it runs
};

struct StartProgram {
  bool carry = false;  // with the state that the one before it saved
};

struct StopProgram {
  int signal = 0;      // 0: asked to end, as the system does it
  bool force = false;  // it had its time
};

struct Report {
  News news;
};

struct Quit {
  int code = 0;
};

using Effect = std::variant<SetTimer, StopTimer, StartBuild, CancelBuild, LoadModel, Watch,
                            OpenSession, ReadAhead, Analyse, FoldHost, Judge, Announce, Adopt,
                            Withdraw, ReadCrash, ReadThreads, Answer, Tell, ForgetHost, AskToSave,
                            StartProgram, StopProgram, Report, Quit>;

}  // namespace hrwatch::core
