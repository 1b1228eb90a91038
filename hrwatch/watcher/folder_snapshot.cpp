#include "watcher/folder_snapshot.h"

#include <optional>
#include <utility>

#include "watcher/folder_reading.h"

namespace hrwatch::watcher {
namespace {

Difference compare(const Stamp& before, const Stamp& after) {
  const bool same = before.inode == after.inode && before.size == after.size &&
                    before.modified_ns == after.modified_ns && before.folder == after.folder;
  return same ? Difference::none : Difference::changed;
}

}  // namespace

std::vector<Change> FolderSnapshot::refresh(const std::string& folder) {
  Listing now;
  read_folder(folder,
              [&](const std::string& name, const Stamp& stamp) { now.emplace(name, stamp); });
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
  const std::optional<Stamp> now = read_entry(folder + "/" + name);
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

}  // namespace hrwatch::watcher
