#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "publish/copy.h"

namespace hrwatch::publish {
namespace {

// Errors by which a file system says that it can't copy in the kernel, not that copying failed.
bool unsupported(int error) {
  return error == EXDEV || error == EINVAL || error == ENOSYS || error == EOPNOTSUPP ||
         error == EPERM;
}

int copy_by_hand(int from, int to, std::uint64_t size, std::uint64_t done) {
  std::vector<char> buffer(std::size_t{1} << 20);
  while (done < size) {
    const std::size_t wanted = std::min<std::uint64_t>(buffer.size(), size - done);
    const ssize_t got = ::pread(from, buffer.data(), wanted, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return got < 0 ? errno : ENODATA;
    }
    if (const int error = write_all(to, buffer.data(), static_cast<std::uint64_t>(got), done)) {
      return error;
    }
    done += static_cast<std::uint64_t>(got);
  }
  return 0;
}

}  // namespace

int copy_content(int from, int to, std::uint64_t size) {
  if (::ioctl(to, FICLONE, from) == 0) {
    return 0;
  }
  std::uint64_t done = 0;
  while (done < size) {
    auto in = static_cast<loff_t>(done);
    auto out = static_cast<loff_t>(done);
    const ssize_t copied = ::copy_file_range(from, &in, to, &out, size - done, 0);
    if (copied > 0) {
      done += static_cast<std::uint64_t>(copied);
    } else if (copied == 0 || unsupported(errno)) {  // some file systems say 0 for "not here"
      return copy_by_hand(from, to, size, done);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

int write_all(int to, const void* bytes, std::uint64_t size, std::uint64_t offset) {
  const char* at = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t written = ::pwrite(to, at, size, static_cast<off_t>(offset));
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      return errno;
    }
    at += written;
    offset += static_cast<std::uint64_t>(written);
    size -= static_cast<std::uint64_t>(written);
  }
  return 0;
}

}  // namespace hrwatch::publish
