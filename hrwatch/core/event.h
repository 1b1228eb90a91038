// What happened: everything that can make the session decide something. Adapters make events, one
// loop feeds them to step(). Plain data: knows no adapter.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/project_model.h"
#include "core/time.h"
#include "wire/messages.h"
#include "wire/result.h"

namespace hrwatch::core {

using HostId = std::uint64_t;     // one connection of a running program; never reused in a session
using BuildId = std::uint64_t;    // one run of ninja; results of another one are stale
using CommandId = std::uint64_t;  // one verb of the command line that waits for its answer
using RoundId = std::uint64_t;    // one way from a save to the hosts; also the wire's reload_id

// ---- from the watcher

enum class FileChange : std::uint8_t {
  written,        // closed after writing
  moved_in,       // renamed to this name
  created,        // appeared; a writer may still have it open
  being_written,  // modified, not closed yet: its content is not to be trusted
  removed,        // deleted or renamed away
};

struct FileEvent {
  std::string path;  // absolute, normalised
  FileChange change = FileChange::written;
  bool empty = false;  // zero bytes long when the event was read
  Time at{};           // when the event was read from the system
};

struct FilesChanged {
  std::vector<FileEvent> files;
};

// Events were lost (queue overflow, poll fallback restarted): anything may have changed.
struct WatchOverflow {
  Time at{};
};

// A watched folder can't be watched any more or never could (deleted, limit reached).
struct WatchLost {
  std::string folder;
  bool build_folder = false;  // the build folder itself is gone
  hr::wire::Failure failure;
};

// ---- from project

struct ModelLoaded {
  std::shared_ptr<const ProjectModel> model;
};

struct ModelFailed {
  hr::wire::Failure failure;
};

// ---- from build

struct BuildProgress {
  BuildId build = 0;
  int done = 0;
  int total = 0;
};

// Output of compilers, linkers and generators, unchanged, in pieces of whole lines.
struct BuildOutput {
  BuildId build = 0;
  std::string text;
};

enum class BuildOutcome : std::uint8_t {
  succeeded,
  failed,     // a compiler, linker or CMake said no: `diagnostics`
  cancelled,  // as asked
  broken,     // ninja itself could not run or was killed: `failure`
};

struct BuildFinished {
  BuildId build = 0;
  BuildOutcome outcome = BuildOutcome::succeeded;
  bool no_work = false;  // ninja had nothing to do
  std::vector<hr::wire::Diagnostic> diagnostics;
  std::optional<hr::wire::Failure> failure;
};

// ---- from analysis and publish

struct ModuleBuild {
  std::string module;
  std::string build_id;                      // "" with `failure`
  std::optional<hr::wire::Failure> failure;  // could not be read at all
};

struct Analysed {
  RoundId round = 0;
  std::vector<ModuleBuild> modules;
  std::string program_id;  // differs when its executable or a library of it does; "" = not there
};

// The generations that a host already has are known (or not: `failure`).
struct HostFolded {
  HostId host = 0;
  std::optional<hr::wire::Failure> failure;
};

enum class VerdictKind : std::uint8_t { accepted, unchanged, refused };

struct ModuleVerdict {
  std::string module;
  std::string build_id;
  std::uint32_t generation = 0;  // accepted: its number
  VerdictKind kind = VerdictKind::accepted;
  std::vector<hr::wire::Failure> reasons;  // refused: the gravest first
  std::vector<std::string> remarks;        // accepted: what stays old, and why
};

struct Judged {
  RoundId round = 0;
  HostId host = 0;
  std::vector<ModuleVerdict> modules;
  Time analysed_at{};  // when describing and judging were over (publishing may have taken longer)
};

// ---- from the server

struct HostJoined {
  HostId host = 0;
  hr::wire::Hello hello;
};

struct HostChanged {
  HostId host = 0;
  hr::wire::ModulesChanged change;
};

struct HostCommitted {
  HostId host = 0;
  hr::wire::Committed committed;
};

struct HostRefused {
  HostId host = 0;
  hr::wire::RefusedByHost refused;
};

struct HostLeft {
  HostId host = 0;
};

// Newest code was taken back, after a crash or on request.
struct HostWithdrew {
  HostId host = 0;
  hr::wire::Withdrawn withdrawn;
};

// What became of a request (Tell of RollBack or Abandon).
struct HostAnswered {
  HostId host = 0;
  hr::wire::RequestDone done;
};

struct HostCrashed {
  HostId host = 0;
  hr::wire::Crashed crash;
};

// One call on a stack, the innermost first. What is not known is empty.
struct Frame {
  std::string function;  // as its source has it
  std::string file;      // absolute
  int line = 0;
  std::string module;  // hot module, "" = other code
  std::uint32_t generation = 0;
  std::string library;  // file that the code is mapped from
  std::uint64_t address = 0;
};

// The stack of a crash was read.
struct CrashRead {
  HostId host = 0;
  int pid = 0;
  hr::wire::Crashed crash;  // without its stack
  std::vector<Frame> frames;
};

// A call of code that newer code has taken the place of.
struct OldCall {
  int thread = 0;
  std::string thread_name;
  Frame frame;
  std::uint32_t running = 0;  // generation that calls reach now
};

// Where the threads of a program are, as far as that is old code: the innermost such call of each.
struct ThreadsRead {
  HostId host = 0;
  CommandId command = 0;  // 0: nobody waits for it
  std::vector<OldCall> old_calls;
  std::optional<hr::wire::Failure> failure;  // they could not be looked at
};

// A verb of the command line asks the session for something. Answered once (effect Answer).
struct CommandAsked {
  CommandId command = 0;
  std::string verb;
  std::string argument;
};

// Somebody was turned away at the door (wrong token, other user, other protocol).
struct HostRejected {
  hr::wire::Failure failure;
};

// ---- from --run, the system and the user

struct ProgramStarted {
  int pid = 0;
};

struct ProgramExited {
  int status = 0;
  int signal = 0;  // 0: ended by itself
};

// Something the session asked for could not be done; it goes on without.
struct Trouble {
  hr::wire::Failure failure;
};

enum class TimerId : std::uint8_t { settle, once, rewatch, program, commands, old_code };

struct TimerFired {
  TimerId timer = TimerId::settle;
};

struct StopAsked {
  int signal = 0;               // SIGINT, SIGTERM, SIGHUP
  bool program_has_it = false;  // the terminal gave the signal to the program as well
};

using Event =
    std::variant<FilesChanged, WatchOverflow, WatchLost, ModelLoaded, ModelFailed, BuildProgress,
                 BuildOutput, BuildFinished, Analysed, HostFolded, Judged, HostJoined, HostChanged,
                 HostCommitted, HostRefused, HostLeft, HostWithdrew, HostAnswered, HostCrashed,
                 CrashRead, ThreadsRead, CommandAsked, HostRejected, ProgramStarted, ProgramExited,
                 Trouble, TimerFired, StopAsked>;

}  // namespace hrwatch::core
