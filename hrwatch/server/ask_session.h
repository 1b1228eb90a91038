// The other end of the session's socket, for verbs of the command line: one question, one answer.
// Knows no verb.
#pragma once

#include <chrono>
#include <string>

#include "wire/messages.h"
#include "wire/result.h"

namespace hrwatch::server {

// Asks the session on `build_dir`, and waits for its answer. Errors: there is no session, it does
// not answer in time, it is of another version.
hr::wire::Result<hr::wire::Answered> ask_session(const std::string& build_dir,
                                                 const std::string& verb,
                                                 const std::string& argument,
                                                 std::chrono::milliseconds patience);

}  // namespace hrwatch::server
