// <build>/.hrwatch/session.json as its owner sees it: written by rename, readable by this user
// alone, removed at the end. Knows the file; no socket and no host.
#pragma once

#include <string>

#include "wire/messages.h"
#include "wire/result.h"

namespace hrwatch::server {

struct Session {
  int protocol = hr::wire::protocol_version;
  int pid = 0;
  std::string socket;  // absolute path
  std::string token;   // what a host shows
  std::string answer;  // what the tool shows
};

// New secrets, 256 bits each, as hex. Errors: the system gives no random bytes.
hr::wire::Result<Session> make_session();

// Makes <build>/.hrwatch if need be, for this user alone (0700). Errors: it can't be made, or
// belongs to somebody else.
hr::wire::Result<std::string> prepare_session_folder(const std::string& build_dir);

// Removes sockets of sessions that ended without doing so. Only with the lock of the build folder.
void remove_stale_sockets(const std::string& build_dir);

// Errors: the disk is full, the folder is not writable.
hr::wire::Result<hr::wire::Done> write_session(const std::string& build_dir,
                                               const Session& session);

// Of the session on this build folder; without a token where there is none, or its file can't be
// read.
Session read_session(const std::string& build_dir);

// Removes the file if it is still the one of this session.
void remove_session(const std::string& build_dir, const Session& session);

}  // namespace hrwatch::server
