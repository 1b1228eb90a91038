#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "src/carry_over.h"

namespace hr::runtime {
namespace {

constexpr off_t most_bytes = off_t{256} << 20;

bool write_all(int file, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t wrote = ::write(file, text.data() + done, text.size() - done);
    if (wrote <= 0)
      return false;
    done += static_cast<std::size_t>(wrote);
  }
  return true;
}

}  // namespace

std::string read_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0)
    return {};
  struct stat status = {};
  std::string text;
  if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
      (status.st_mode & 077) == 0 && status.st_size <= most_bytes) {
    text.resize(static_cast<std::size_t>(status.st_size));
    std::size_t got = 0;
    for (ssize_t more = 1; more > 0 && got < text.size();) {
      more = ::read(file, text.data() + got, text.size() - got);
      got += more > 0 ? static_cast<std::size_t>(more) : 0;
    }
    text.resize(got);
  }
  ::close(file);
  return text;
}

bool write_private_file(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".new";
  ::unlink(temporary.c_str());
  const int file =
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0)
    return false;
  const bool written = write_all(file, text);
  ::close(file);
  if (written && std::rename(temporary.c_str(), path.c_str()) == 0)
    return true;
  ::unlink(temporary.c_str());
  return false;
}

void remove_file(const std::string& path) {
  ::unlink(path.c_str());
}

std::string carried_folder() {
  const char* folder = std::getenv("HRWATCH_CARRY");
  return folder != nullptr ? folder : "";
}

}  // namespace hr::runtime
