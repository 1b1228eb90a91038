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
  std::uint64_t load_us = 0;    // receive -> ready to commit
  std::uint64_t wait_us = 0;    // ready -> the host's hr_poll() (0 without polling)
  std::uint64_t commit_us = 0;  // the host's thread was held for this long
};

// A reload was given up by the runtime; the host is as it was.
struct RefusedByHost {
  std::uint64_t reload_id = 0;
  std::string module;
  Failure failure;
};

using HostMessage = std::variant<Hello, ModulesChanged, Committed, RefusedByHost>;

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

using ToolMessage = std::variant<Welcome, Rejected, Reload, BuildStarted, BuildFailed,
                                 BuildFinished, RefusedByTool>;

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
