#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "server/session_file.h"
#include "server/session_place.h"

namespace hrwatch::server {
namespace {

using hr::wire::Done;
using hr::wire::Failure;
using hr::wire::Result;
namespace fs = std::filesystem;

Failure cannot_write(const std::string& path, int error) {
  return {"cannot write the session file " + path, std::strerror(error),
          error == ENOSPC || error == EDQUOT ? "free some space on that disk"
                                             : "make the folder your own: sudo chown -R $USER " +
                                                   fs::path(path).parent_path().string()};
}

bool is_own_socket(const fs::path& path) {
  struct stat status = {};
  return lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode) &&
         status.st_uid == geteuid();
}

bool write_whole(int descriptor, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return false;
    }
    done += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

Result<std::string> prepare_session_folder(const std::string& build_dir) {
  const std::string folder = session_folder(build_dir);
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return Failure{"cannot make the folder " + folder, std::strerror(errno),
                   "make the build folder your own: sudo chown -R $USER " + build_dir};
  }
  struct stat status = {};
  if (lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return Failure{"cannot use " + folder, "it is not a folder", "rm " + folder};
  }
  if (status.st_uid != geteuid()) {
    return Failure{
        "cannot use " + folder,
        "it belongs to another user (number " + std::to_string(status.st_uid) +
            "); loading code is only for the user who owns the session",
        "run hrwatch, the build and the program as one user, or: sudo chown -R $USER " + build_dir};
  }
  if ((status.st_mode & 0777) != 0700 && chmod(folder.c_str(), 0700) != 0) {
    return Failure{"cannot close " + folder + " to others", std::strerror(errno),
                   "chmod 700 " + folder};
  }
  return folder;
}

void remove_stale_sockets(const std::string& build_dir) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(session_folder(build_dir), error)) {
    if (entry.path().extension() == ".sock" && is_own_socket(entry.path())) {
      ::unlink(entry.path().c_str());
    }
  }
  // One that stood elsewhere, because the build folder's path is too long for a socket's.
  const fs::path elsewhere = read_session(build_dir).socket;
  const fs::path folder = elsewhere.parent_path();
  if (folder.filename().string().starts_with("hrwatch-") && is_own_socket(elsewhere)) {
    ::unlink(elsewhere.c_str());
    ::rmdir(folder.c_str());
  }
}

Result<Done> write_session_text(const std::string& path, const std::string& text) {
  const std::string draft = path + "." + std::to_string(getpid());
  ::unlink(draft.c_str());
  const int descriptor =
      ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) {
    return cannot_write(path, errno);
  }
  const bool written = write_whole(descriptor, text);
  const int write_error = errno;
  const bool closed = ::close(descriptor) == 0;
  if (!written || !closed || ::rename(draft.c_str(), path.c_str()) != 0) {
    const int error = written ? errno : write_error;
    ::unlink(draft.c_str());
    return cannot_write(path, error);
  }
  return Done{};
}

}  // namespace hrwatch::server
