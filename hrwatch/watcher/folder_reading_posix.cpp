#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <memory>
#include <optional>

#include "watcher/folder_reading.h"

namespace hrwatch::watcher {
namespace {

struct CloseFolder {
  void operator()(DIR* stream) const { closedir(stream); }
};

Stamp stamp_of(const struct stat& status) {
  Stamp stamp;
  stamp.inode = status.st_ino;
  stamp.size = static_cast<std::uint64_t>(status.st_size);
  stamp.modified_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  stamp.folder = S_ISDIR(status.st_mode);
  if (stamp.folder) {
    // What happens inside a folder is its own listing's business.
    stamp.size = 0;
    stamp.modified_ns = 0;
  }
  stamp.complete_when_made = S_ISREG(status.st_mode) && status.st_nlink > 1;
  return stamp;
}

// Follows symbolic links, so that an edit of what a link leads to is seen; a dangling link counts
// as itself. Sockets, pipes and devices are nobody's source.
std::optional<Stamp> read_stamp(int folder, const char* name) {
  struct stat own = {};
  if (fstatat(folder, name, &own, AT_SYMLINK_NOFOLLOW) != 0) {
    return std::nullopt;
  }
  if (!S_ISLNK(own.st_mode)) {
    if (!S_ISREG(own.st_mode) && !S_ISDIR(own.st_mode)) {
      return std::nullopt;
    }
    return stamp_of(own);
  }
  struct stat target = {};
  Stamp stamp = fstatat(folder, name, &target, 0) == 0 ? stamp_of(target) : stamp_of(own);
  stamp.complete_when_made = true;
  return stamp;
}

bool is_self_or_parent(const char* name) {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

}  // namespace

void read_folder(const std::string& folder,
                 const std::function<void(const std::string& name, const Stamp& stamp)>& found) {
  const std::unique_ptr<DIR, CloseFolder> stream(opendir(folder.c_str()));
  if (!stream) {
    return;
  }
  while (const dirent* entry = readdir(stream.get())) {
    if (is_self_or_parent(entry->d_name)) {
      continue;
    }
    if (const std::optional<Stamp> stamp = read_stamp(dirfd(stream.get()), entry->d_name)) {
      found(entry->d_name, *stamp);
    }
  }
}

std::optional<Stamp> read_entry(const std::string& path) {
  return read_stamp(AT_FDCWD, path.c_str());
}

bool FolderSnapshot::exists(const std::string& folder) {
  struct stat status = {};
  return stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace hrwatch::watcher
