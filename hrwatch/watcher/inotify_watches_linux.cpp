#include <sys/inotify.h>

#include <algorithm>
#include <cerrno>

#include "watcher/inotify_watches.h"

namespace hrwatch::watcher {
namespace {

// IN_MODIFY only serves to know that a file is being written; IN_ATTRIB to see a time stamp set
// without a write (utimensat, as tar and rsync do after closing).
constexpr std::uint32_t contents_mask = IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_CREATE |
                                        IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF |
                                        IN_MOVE_SELF;
constexpr std::uint32_t passage_mask = IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::uint32_t doorway_mask =
    passage_mask | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;

std::uint32_t mask_of(Role role) {
  switch (role) {
    case Role::contents:
      return contents_mask;
    case Role::passage:
      return passage_mask;
    case Role::doorway:
      return doorway_mask;
  }
  return contents_mask;
}

}  // namespace

AddOutcome InotifyWatches::add(const std::string& path, Role role) {
  const int watch = inotify_add_watch(descriptor_, path.c_str(),
                                      mask_of(role) | IN_ONLYDIR | IN_MASK_ADD | IN_EXCL_UNLINK);
  if (watch < 0) {
    if (errno == ENOSPC || errno == ENOMEM) {
      return AddOutcome::limit_reached;
    }
    return errno == EACCES || errno == EPERM ? AddOutcome::forbidden : AddOutcome::missing;
  }
  const auto known = by_path_.find(path);
  if (known != by_path_.end() && known->second != watch) {
    drop(known);  // another folder stands at this path now
  }
  by_path_[path] = watch;
  std::vector<WatchedPath>& paths = watches_[watch];
  const auto place = std::find_if(paths.begin(), paths.end(),
                                  [&](const WatchedPath& one) { return one.path == path; });
  if (place == paths.end()) {
    paths.push_back({path, static_cast<std::uint8_t>(role)});
  } else {
    place->roles = static_cast<std::uint8_t>(place->roles | static_cast<std::uint8_t>(role));
  }
  return AddOutcome::added;
}

void InotifyWatches::remove(const std::string& path, Role role) {
  const auto known = by_path_.find(path);
  const auto watch = known == by_path_.end() ? watches_.end() : watches_.find(known->second);
  if (watch == watches_.end()) {
    return;
  }
  for (WatchedPath& one : watch->second) {
    if (one.path == path) {
      one.roles = static_cast<std::uint8_t>(one.roles & ~static_cast<unsigned>(role));
      if (one.roles == 0) {
        drop(known);
        return;
      }
    }
  }
}

void InotifyWatches::drop(std::map<std::string, int>::iterator place) {
  const auto watch = watches_.find(place->second);
  if (watch != watches_.end()) {
    std::erase_if(watch->second, [&](const WatchedPath& one) { return one.path == place->first; });
    if (watch->second.empty()) {
      inotify_rm_watch(descriptor_, watch->first);
      watches_.erase(watch);
    }
  }
  by_path_.erase(place);
}

void InotifyWatches::drop_tree(const std::string& path) {
  const auto self = by_path_.find(path);
  if (self != by_path_.end()) {
    drop(self);
  }
  const std::string prefix = path + "/";
  for (auto place = by_path_.lower_bound(prefix);
       place != by_path_.end() && place->first.starts_with(prefix);) {
    const auto next = std::next(place);
    drop(place);
    place = next;
  }
}

void InotifyWatches::ended(int watch) {
  const auto place = watches_.find(watch);
  if (place == watches_.end()) {
    return;
  }
  for (const WatchedPath& one : place->second) {
    const auto known = by_path_.find(one.path);
    if (known != by_path_.end() && known->second == watch) {
      by_path_.erase(known);
    }
  }
  watches_.erase(place);
}

std::vector<WatchedPath> InotifyWatches::paths_of(int watch) const {
  const auto place = watches_.find(watch);
  return place == watches_.end() ? std::vector<WatchedPath>{} : place->second;
}

std::size_t InotifyWatches::count(Role role) const {
  std::size_t number = 0;
  for (const auto& [watch, paths] : watches_) {
    number += static_cast<std::size_t>(std::count_if(
        paths.begin(), paths.end(), [role](const WatchedPath& one) { return one.has(role); }));
  }
  return number;
}

}  // namespace hrwatch::watcher
