#include <limits.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "src/folder_watch.h"

namespace hr::runtime {
namespace {

FolderChangeKind kind_of(std::uint32_t mask) {
  if ((mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0)
    return FolderChangeKind::finished;
  if ((mask & IN_CREATE) != 0)
    return FolderChangeKind::begun;
  return (mask & (IN_DELETE | IN_MOVED_FROM)) != 0 ? FolderChangeKind::gone
                                                   : FolderChangeKind::other;
}

}  // namespace

FolderWatch FolderWatch::open(bool all) {
  FolderWatch watch;
  watch.also_ = all ? IN_CREATE | IN_MOVED_FROM : 0;
  watch.descriptor_ = OwnDescriptor(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  return watch;
}

bool FolderWatch::watch(const std::string& folder) {
  if (!works())
    return false;
  const int number = ::inotify_add_watch(descriptor_.number(), folder.c_str(),
                                         IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF |
                                             IN_MOVE_SELF | IN_ATTRIB | IN_ONLYDIR | also_);
  if (number < 0)
    return false;
  folders_[number] = folder;
  return true;
}

bool FolderWatch::watches(const std::string& folder) const {
  return std::any_of(folders_.begin(), folders_.end(),
                     [&](const auto& watched) { return watched.second == folder; });
}

std::set<std::string> FolderWatch::changed() {
  std::set<std::string> result;
  for (FolderChange& change : changes())
    result.insert(std::move(change.folder));
  return result;
}

std::vector<FolderChange> FolderWatch::changes() {
  std::vector<FolderChange> result;
  alignas(inotify_event) char buffer[4096 + sizeof(inotify_event) + NAME_MAX + 1];
  while (works()) {
    const ssize_t got = ::read(descriptor_.number(), buffer, sizeof(buffer));
    if (got <= 0)
      break;
    for (ssize_t at = 0; at < got;) {
      inotify_event event;
      std::memcpy(&event, buffer + at, sizeof(event));
      const char* name = buffer + at + sizeof(event);  // padded with zeros
      at += static_cast<ssize_t>(sizeof(event) + event.len);
      if ((event.mask & IN_Q_OVERFLOW) != 0) {
        for (const auto& watched : folders_)
          result.push_back({watched.second, "", FolderChangeKind::finished});
        continue;
      }
      const auto watched = folders_.find(event.wd);
      if (watched == folders_.end())
        continue;
      result.push_back(
          {watched->second, event.len != 0 ? std::string(name) : "", kind_of(event.mask)});
      if ((event.mask & IN_MOVE_SELF) != 0)
        ::inotify_rm_watch(descriptor_.number(), event.wd);
      if ((event.mask & (IN_IGNORED | IN_MOVE_SELF)) != 0)
        folders_.erase(watched);
    }
  }
  return result;
}

}  // namespace hr::runtime
