#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "src/session_file.h"

namespace hr::runtime {
namespace {

constexpr std::size_t most_bytes = 64 * 1024;

wire::Result<std::string> read_private(int descriptor, const std::string& path) {
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) ||
      status.st_uid != ::geteuid() || (status.st_mode & 077) != 0)
    return wire::Failure{"will not use " + path, "it is not a file that only this user can read",
                         "start hrwatch as the user who runs the program"};
  std::string text(most_bytes, '\0');
  const ssize_t got = ::read(descriptor, text.data(), text.size());
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

}  // namespace

bool is_session_address(std::string_view text) {
  return text.starts_with('/') && text.find('\0') == std::string_view::npos;
}

wire::Result<SessionFile> read_session(const std::string& build_dir) {
  const std::string path = build_dir + "/.hrwatch/session.json";
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0)
    return wire::Failure{"no hrwatch is running for " + build_dir,
                         path + ": " + std::generic_category().message(errno), "start hrwatch"};
  auto text = read_private(descriptor, path);
  ::close(descriptor);
  if (!text)
    return text.failure();
  return parse_session(text.value());
}

}  // namespace hr::runtime
