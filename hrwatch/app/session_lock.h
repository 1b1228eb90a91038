// One session a build folder: a lock that ends with its process, and who has it. Knows nothing of
// the session.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "wire/result.h"

namespace hrwatch::app {

class SessionLock {
 public:
  SessionLock() = default;
  ~SessionLock();
  SessionLock(const SessionLock&) = delete;
  SessionLock& operator=(const SessionLock&) = delete;

  // Takes <build_dir>/.hrwatch/lock, making the folder (0700) if need be. Again: after the build
  // folder was wiped; no effect while the lock is held. One object a process and build folder: the
  // lock is the process's. Errors: another process has it (named), the folder can't be written.
  hr::wire::Result<hr::wire::Done> take(const std::filesystem::path& build_dir);

  // The process that holds the lock of this build folder, nothing when nobody does, 0 when it can't
  // be seen from here (it runs in another container). Only looks: disturbs nobody who takes the
  // lock at the same time. Not for the process that holds it.
  static std::optional<int> holder(const std::filesystem::path& build_dir);

 private:
  std::intptr_t held_ = -1;  // a descriptor, or a handle
};

}  // namespace hrwatch::app
