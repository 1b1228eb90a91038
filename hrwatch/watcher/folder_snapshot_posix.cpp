#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <memory>
#include <optional>
#include <utility>

#include "watcher/folder_snapshot.h"

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

Difference compare(const Stamp& before, const Stamp& after) {
  const bool same = before.inode == after.inode && before.size == after.size &&
                    before.modified_ns == after.modified_ns && before.folder == after.folder;
  return same ? Difference::none : Difference::changed;
}

bool is_self_or_parent(const char* name) {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

}  // namespace

std::vector<Change> FolderSnapshot::refresh(const std::string& folder) {
  Listing now;
  const std::unique_ptr<DIR, CloseFolder> stream(opendir(folder.c_str()));
  if (stream) {
    while (const dirent* entry = readdir(stream.get())) {
      if (is_self_or_parent(entry->d_name)) {
        continue;
      }
      if (const std::optional<Stamp> stamp = read_stamp(dirfd(stream.get()), entry->d_name)) {
        now.emplace(entry->d_name, *stamp);
      }
    }
  }
  Listing& before = folders_[folder];
  std::vector<Change> changes;
  for (const auto& [name, stamp] : before) {
    if (!now.contains(name)) {
      changes.push_back({name, Difference::vanished, stamp});
    }
  }
  for (const auto& [name, stamp] : now) {
    const auto old = before.find(name);
    if (old == before.end()) {
      changes.push_back({name, Difference::appeared, stamp});
    } else if (compare(old->second, stamp) != Difference::none) {
      changes.push_back({name, Difference::changed, stamp});
    }
  }
  before = std::move(now);
  return changes;
}

Change FolderSnapshot::refresh_entry(const std::string& folder, const std::string& name) {
  Listing& listing = folders_[folder];
  const auto old = listing.find(name);
  const std::optional<Stamp> now = read_stamp(AT_FDCWD, (folder + "/" + name).c_str());
  if (!now) {
    if (old == listing.end()) {
      return {name, Difference::none, {}};
    }
    Change vanished{name, Difference::vanished, old->second};
    listing.erase(old);
    return vanished;
  }
  if (old == listing.end()) {
    listing.emplace(name, *now);
    return {name, Difference::appeared, *now};
  }
  const Difference difference = compare(old->second, *now);
  old->second = *now;
  return {name, difference, *now};
}

void FolderSnapshot::forget(const std::string& folder) {
  folders_.erase(folder);
}

bool FolderSnapshot::exists(const std::string& folder) {
  struct stat status = {};
  return stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace hrwatch::watcher
