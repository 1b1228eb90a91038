// Named pipes for this user only: names, security descriptors, who is at the other end. Knows no
// stream and no protocol.
#pragma once

#include <windows.h>

#include <memory>
#include <string>

#include "transport/endpoint.h"
#include "wire/result.h"

namespace hr::transport {

// Closed when destroyed.
class OwnHandle {
 public:
  explicit OwnHandle(HANDLE handle = nullptr) : handle_(handle) {}

  OwnHandle(OwnHandle&& other) noexcept;
  OwnHandle& operator=(OwnHandle&& other) noexcept;
  ~OwnHandle();

  HANDLE get() const { return handle_; }

  explicit operator bool() const { return handle_ != nullptr && handle_ != INVALID_HANDLE_VALUE; }

 private:
  HANDLE handle_;
};

// A name nobody can have guessed: \\.\pipe\hrwatch.<pid>.<64 random bits>.
std::string new_pipe_name();

// A name is this process's while the object lives: FILE_FLAG_FIRST_PIPE_INSTANCE says so, too, but
// not everywhere (wine 8 ignores it). Empty when another has it.
OwnHandle claim_pipe_name(const std::string& name);

// One more instance of the pipe, overlapped, byte mode, local clients only, with a DACL that names
// this user alone. Invalid with GetLastError() set.
OwnHandle make_pipe_instance(const std::string& name, bool first);

// Listens at `name`. Errors: another process has the name, or this user may make no pipe.
wire::Result<std::unique_ptr<Entrance>> open_pipe_entrance(const std::string& name);

// "code: the system's sentence".
std::string system_sentence(DWORD error);

// True when that process runs as the user of this one.
bool runs_as_same_user(DWORD process);

}  // namespace hr::transport
