#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "app/session_lock.h"

// A POSIX record lock (fcntl(2)): the system itself knows who holds it, from the instant in which
// it is held. A process id written into the file would be missing, or that of an earlier holder,
// for a moment. Its price: closing any descriptor of the file ends the lock.

namespace hrwatch::app {
namespace {

struct flock whole_file() {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::optional<int> holder_of(int descriptor) {
  struct flock lock = whole_file();
  if (::fcntl(descriptor, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) {
    return std::nullopt;
  }
  return lock.l_pid;
}

bool is_open_on(int descriptor, const std::filesystem::path& path) {
  struct stat opened = {};
  struct stat there = {};
  return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &there) == 0 &&
         opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
}

hr::wire::Failure unusable(const std::filesystem::path& path, int error) {
  return {"the build folder can't be used: " + path.string(), std::strerror(error),
          "make it writable: chmod u+rwx " + path.parent_path().string()};
}

hr::wire::Failure taken(const std::filesystem::path& build_dir, int holder) {
  const std::string what = "another hrwatch works on " + build_dir.string();
  if (holder == 0) {
    return {what, "its process can't be seen from here: it runs in another container",
            "end it there, or use another --build-dir"};
  }
  const auto pid = std::to_string(holder);
  return {what, "its process id is " + pid,
          "end it first: kill " + pid + "  (or use another --build-dir)"};
}

}  // namespace

SessionLock::~SessionLock() {
  if (held_ >= 0) {
    ::close(static_cast<int>(held_));
  }
}

hr::wire::Result<hr::wire::Done> SessionLock::take(const std::filesystem::path& build_dir) {
  const auto folder = build_dir / ".hrwatch";
  const auto path = folder / "lock";
  if (held_ >= 0 && is_open_on(static_cast<int>(held_), path)) {
    return hr::wire::Done{};
  }
  ::mkdir(folder.c_str(), 0700);
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return unusable(path, errno);
  }
  struct flock lock = whole_file();
  while (::fcntl(descriptor, F_SETLK, &lock) != 0) {
    const int error = errno;
    const bool busy = error == EACCES || error == EAGAIN;
    const auto holder = busy ? holder_of(descriptor) : std::nullopt;
    if (busy && !holder) {
      continue;  // it ended in between
    }
    ::close(descriptor);
    return busy ? taken(build_dir, *holder) : unusable(path, error);
  }
  if (held_ >= 0) {
    ::close(static_cast<int>(held_));
  }
  held_ = descriptor;
  return hr::wire::Done{};
}

std::optional<int> SessionLock::holder(const std::filesystem::path& build_dir) {
  const auto path = build_dir / ".hrwatch" / "lock";
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return std::nullopt;
  }
  const auto holder = holder_of(descriptor);
  ::close(descriptor);
  return holder;
}

}  // namespace hrwatch::app
