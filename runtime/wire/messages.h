// What host and tool say to each other, and how it stands in a frame. Knows no socket, no process
// and no file: pure bytes <-> messages. Two lists, one a direction, named for who speaks.
//
// Frame: u32 length of the rest | u32 length of the header | header (JSON) | payload (binary).
// Little endian. Unknown message types and unknown fields are skipped, so that either side may be
// newer; `protocol_version` changes only when that is not enough.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "wire/result.h"

namespace hr::wire {

inline constexpr int protocol_version = 1;
inline constexpr std::size_t max_frame_bytes = std::size_t{256} << 20;

// One loaded build of a module in a host.
struct GenerationId {
  std::uint32_t number = 0;   // 0 = what the host started with; later ones as announced
  std::string build_id;       // lower-case hex of the GNU build-id
  std::int64_t distance = 0;  // bytes from where generation 0 is loaded to where this one is
};

// Generation `generation` was taken back while `during` was the newest one loaded: what it had
// replaced runs again. Both stay loaded.
struct Withdrawal {
  std::uint32_t generation = 0;
  std::uint32_t during = 0;
};

// A hot module in a host, as the host sees it.
struct ModuleState {
  std::string name;                       // target name given to add_hot_module
  std::string path;                       // file generation 0 was loaded from
  int image_descriptor = -1;              // host's open fd on that file: /proc/<pid>/fd/<n>
  std::vector<GenerationId> generations;  // oldest first, all committed
  std::optional<Failure> problem;         // why this host can't reload it, if so
  // Where generation n will be loaded: first_place + (n - 1) % place_count * place_size bytes from
  // generation 0, as long as that place is free and one is enough.
  std::int64_t first_place = 0;
  std::uint64_t place_size = 0;
  std::uint64_t place_count = 0;
  std::vector<Withdrawal> withdrawn = {};  // in the order in which it happened
  // Address that generation 0 is loaded at (what its link-time address 0, or its RVA 0, is in this
  // process); 0 where the host does not say. Where libraries are made for one address, a copy is
  // made for base + its place.
  std::uint64_t base = 0;
};

// ---- host -> tool

struct Hello {
  int protocol = protocol_version;
  std::string token;  // the session's token: proves that the host may read the session file
  int pid = 0;
  std::string program;
  bool polls = false;  // hr_poll() has been called: commits happen there
  std::vector<ModuleState> modules;
};

// The set of loaded modules or `polls` changed (a plugin was opened or closed).
struct ModulesChanged {
  bool polls = false;
  std::vector<ModuleState> modules;
};

struct ModuleCommit {
  std::string module;
  std::uint32_t generation = 0;
};

// A reload is live.
struct Committed {
  std::uint64_t reload_id = 0;
  std::vector<ModuleCommit> modules;
  std::uint64_t load_us = 0;         // receive -> ready to commit
  std::uint64_t wait_us = 0;         // ready -> the host's hr_poll() (0 without polling)
  std::uint64_t commit_us = 0;       // the host's thread was held for this long
  std::vector<std::string> remarks;  // what became of the program's objects, a line each
};

// A reload was given up by the runtime; the host is as it was.
struct RefusedByHost {
  std::uint64_t reload_id = 0;
  std::string module;
  Failure failure;
};

struct WithdrawnModule {
  std::string module;
  Withdrawal withdrawal;
  std::uint32_t running = 0;  // the generation whose code runs now
};

// The newest code of these modules was taken back, in this order.
struct Withdrawn {
  std::uint64_t request = 0;  // of the RollBack that asked for it; 0: a crash did
  std::vector<WithdrawnModule> modules;
};

// What became of a RollBack or Abandon.
struct RequestDone {
  std::uint64_t request = 0;
  std::uint32_t count = 0;  // modules taken back, frames abandoned
  std::optional<Failure> failure;
};

enum class CrashOutcome : std::uint8_t {
  died,       // there was no guard: the program ends as it would have
  went_back,  // the frame was abandoned, the generation before runs
  waits,      // the frame was abandoned, and is not run until new code goes live
  goes_on,    // the frame was abandoned, the next one runs the same code
};

// Code of a module crashed, threw out of its frame, or was abandoned on request.
struct Crashed {
  std::uint64_t crash = 0;       // counts in this process
  std::int64_t thread = 0;       // as the kernel numbers it
  std::string cause;             // "SIGSEGV", ..., "exception", "request"
  std::string detail;            // of an exception: its type and words
  std::uint64_t address = 0;     // that was accessed, if the signal has one
  std::string module;            // the first one on the stack, "" = none
  std::uint32_t generation = 0;  // of it that ran
  CrashOutcome outcome = CrashOutcome::died;
  std::uint32_t running = 0;  // of it that runs now
  std::vector<std::uint64_t>
      registers;                    // in DWARF order: rax rdx rcx rbx rsi rdi rbp rsp r8..r15 rip
  std::uint64_t stack_address = 0;  // where `stack` was
  std::vector<std::byte> stack;     // the top of it; travels in the payload
};

// Not from a host: a verb of the command line asks the session for something. Its first and only
// message.
struct Command {
  int protocol = protocol_version;
  std::string token;
  std::string verb;
  std::string argument;
};

using HostMessage = std::variant<Hello, ModulesChanged, Committed, RefusedByHost, Withdrawn,
                                 RequestDone, Crashed, Command>;

// ---- tool -> host

struct Welcome {
  int protocol = protocol_version;
  std::string answer;  // the session's second secret: proves that this is the session's tool
};

// The tool will not work with this host; the connection ends.
struct Rejected {
  Failure failure;
};

struct ModuleReload {
  std::string module;
  std::uint32_t generation = 0;
  std::string build_id;
  std::string path;                 // published copy in <build>/.hrwatch/gen
  std::vector<std::byte> rewiring;  // wire/rewiring.h; travels in the payload
  std::uint32_t withdrawals = 0;    // of this module that the rewiring takes into account
};

// All modules of one save: they go live together or not at all.
struct Reload {
  std::uint64_t reload_id = 0;
  std::vector<ModuleReload> modules;
};

struct Diagnostic {
  std::string file;
  int line = 0;
  int column = 0;
  std::string severity;  // "error", "warning", "note"
  std::string message;
};

struct BuildStarted {
  std::vector<std::string> targets;
};

struct BuildFailed {
  std::vector<Diagnostic> diagnostics;
};

struct BuildFinished {};

// The tool refused a build for this host; nothing was sent to load.
struct RefusedByTool {
  std::string module;
  Failure failure;
};

// Take the newest code back, once. Answered by RequestDone.
struct RollBack {
  std::uint64_t request = 0;
  std::string module;  // "" = what went live last
};

// Abandon guarded frames that do not return. Answered by RequestDone.
struct Abandon {
  std::uint64_t request = 0;
};

// The program is about to be relaunched: write what survives into <build>/.hrwatch/carry. Answered
// by RequestDone.
struct Save {
  std::uint64_t request = 0;
};

// What the tool made of a crash: for the program's own callbacks.
struct CrashExplained {
  std::uint64_t crash = 0;
  Failure text;
};

// To a verb of the command line: the end.
struct Answered {
  int code = 0;  // exit code
  std::string text;
  std::optional<Failure> failure;
};

using ToolMessage =
    std::variant<Welcome, Rejected, Reload, BuildStarted, BuildFailed, BuildFinished, RefusedByTool,
                 RollBack, Abandon, Save, CrashExplained, Answered>;

// A whole frame, ready to send. Never fails.
std::vector<std::byte> encode(const HostMessage& message);
std::vector<std::byte> encode(const ToolMessage& message);

// The message of one whole frame (as FrameReader gives it). `std::nullopt` inside the result: a
// type this side does not know, to be skipped. Total: any bytes give a message, nothing, or a
// Failure.
Result<std::optional<HostMessage>> decode_host_message(std::span<const std::byte> frame);
Result<std::optional<ToolMessage>> decode_tool_message(std::span<const std::byte> frame);

// Cuts a byte stream into frames. Not thread safe.
class FrameReader {
 public:
  void feed(std::span<const std::byte> bytes);

  // The next whole frame (header and payload with their lengths, as decode_* takes it), nothing
  // when more bytes are needed, or a Failure when the peer announced a frame over the maximum:
  // close.
  Result<std::optional<std::vector<std::byte>>> next();

 private:
  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0;
};

}  // namespace hr::wire
