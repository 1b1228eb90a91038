// The session file: how a host finds the running hrwatch of its build folder, and both prove that
// they may talk. Knows no socket.
#pragma once

#include <string>
#include <string_view>

#include "wire/result.h"

namespace hr::runtime {

struct SessionFile {
  int protocol = 0;
  int pid = 0;
  std::string socket;  // absolute path, or name of a pipe of this machine
  std::string token;   // the host shows it
  std::string answer;  // the tool shows it
};

// Total: any text gives a session or a Failure. A session of another protocol is a session (its
// `protocol` says so).
wire::Result<SessionFile> parse_session(std::string_view text);

// True when `text` is where a session may listen.
bool is_session_address(std::string_view text);

// Reads <build_dir>/.hrwatch/session.json, if it is a file of this user that nobody else may read.
// Errors: none there, a stranger's, garbage.
wire::Result<SessionFile> read_session(const std::string& build_dir);

}  // namespace hr::runtime
