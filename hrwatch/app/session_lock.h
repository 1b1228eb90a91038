// One session a build folder: a lock that ends with its process. Knows nothing of the session.
#pragma once

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
  // folder was wiped. Errors: another process has it (named), the folder can't be written.
  hr::wire::Result<hr::wire::Done> take(const std::filesystem::path& build_dir);

  // The process that holds the lock of this build folder, nothing when nobody does.
  static std::optional<int> holder(const std::filesystem::path& build_dir);

 private:
  int descriptor_ = -1;
};

}  // namespace hrwatch::app
