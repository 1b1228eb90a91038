#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "app/session_lock.h"

namespace hrwatch::app {
namespace {

int read_pid(int descriptor) {
  char text[32] = {};
  const auto count = ::pread(descriptor, text, sizeof text - 1, 0);
  return count > 0 ? std::atoi(text) : 0;
}

}  // namespace

SessionLock::~SessionLock() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

hr::wire::Result<hr::wire::Done> SessionLock::take(const std::filesystem::path& build_dir) {
  const auto folder = build_dir / ".hrwatch";
  ::mkdir(folder.c_str(), 0700);
  const auto path = folder / "lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return hr::wire::Failure{"the build folder can't be used: " + path.string(),
                             std::strerror(errno),
                             "make it writable: chmod u+rwx " + folder.string()};
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int holder = read_pid(descriptor);
    ::close(descriptor);
    if (holder == ::getpid()) {
      return hr::wire::Done{};
    }
    const auto pid = std::to_string(holder);
    return hr::wire::Failure{"another hrwatch works on " + build_dir.string(),
                             "its process id is " + pid,
                             "end it first: kill " + pid + "  (or use another --build-dir)"};
  }
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    ::close(descriptor);
    return hr::wire::Failure{"the build folder can't be written: " + path.string(),
                             std::strerror(errno), "free some space on that disk"};
  }
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
  descriptor_ = descriptor;
  return hr::wire::Done{};
}

std::optional<int> SessionLock::holder(const std::filesystem::path& build_dir) {
  const auto path = build_dir / ".hrwatch" / "lock";
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return std::nullopt;
  }
  std::optional<int> pid;
  if (::flock(descriptor, LOCK_SH | LOCK_NB) != 0) {
    pid = read_pid(descriptor);
  }
  ::close(descriptor);
  return pid;
}

}  // namespace hrwatch::app
