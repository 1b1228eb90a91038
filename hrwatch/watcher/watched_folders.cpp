#include "watcher/watched_folders.h"

#include <algorithm>

#include "watcher/editor_noise.h"

namespace hrwatch::watcher {
namespace {

bool lies_within(std::string_view path, std::string_view folder) {
  return path == folder ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

// `set` is sorted by bytes: what lies below a path starts at "path/".
std::vector<std::string> part_within(const std::set<std::string>& set, const std::string& path) {
  std::vector<std::string> part;
  if (set.contains(path)) {
    part.push_back(path);
  }
  const std::string prefix = path + "/";
  for (auto place = set.lower_bound(prefix); place != set.end() && place->starts_with(prefix);
       ++place) {
    part.push_back(*place);
  }
  return part;
}

}  // namespace

hr::wire::Failure folder_is_gone(const std::string& folder) {
  return {"the folder " + folder + " is gone", "it was deleted or moved away",
          "configure the project again: cmake -S <source folder> -B <build folder>"};
}

WatchedFolders::Difference WatchedFolders::replace(const WatchSet& set) {
  const std::set<std::string> asked(set.folders.begin(), set.folders.end());
  std::set<std::string> kept;
  for (const std::string& folder : adopted_) {
    const bool inside = std::any_of(asked.begin(), asked.end(), [&](const std::string& one) {
      return lies_within(folder, one);
    });
    if (inside && !asked.contains(folder)) {
      kept.insert(folder);
    }
  }
  Difference difference;
  for (const std::string& folder : asked) {
    if (!wants(folder)) {
      difference.added.push_back(folder);
    }
  }
  for (const std::set<std::string>* before : {&asked_, &adopted_}) {
    for (const std::string& folder : *before) {
      if (!asked.contains(folder) && !kept.contains(folder)) {
        difference.removed.push_back(folder);
      }
    }
  }
  asked_ = asked;
  adopted_ = std::move(kept);
  excluded_ = set.excluded;
  dependent_ = set.dependent;
  passages_.clear();
  for (const std::string& folder : asked_) {
    for (std::size_t end = folder.size(); end != std::string::npos && end > 0;
         end = folder.rfind('/', end - 1)) {
      if (!passages_.insert(folder.substr(0, end)).second) {
        break;
      }
    }
  }
  return difference;
}

bool WatchedFolders::adopt(const std::string& folder) {
  const std::string_view name = std::string_view(folder).substr(folder.rfind('/') + 1);
  if (wants(folder) || is_excluded(folder) || name.starts_with('.') ||
      adopted_.size() >= max_adopted_folders) {
    return false;
  }
  adopted_.insert(folder);
  return true;
}

std::vector<std::string> WatchedFolders::within(const std::string& path) const {
  std::vector<std::string> all = part_within(asked_, path);
  for (std::string& folder : part_within(adopted_, path)) {
    all.push_back(std::move(folder));
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<std::string> WatchedFolders::abandon(const std::string& path) {
  std::vector<std::string> gone = part_within(adopted_, path);
  for (const std::string& folder : gone) {
    adopted_.erase(folder);
  }
  return gone;
}

bool WatchedFolders::is_excluded(const std::string& folder) const {
  return std::any_of(excluded_.begin(), excluded_.end(),
                     [&](const std::string& one) { return lies_within(folder, one); });
}

bool WatchedFolders::wants(const std::string& folder) const {
  return asked_.contains(folder) || adopted_.contains(folder);
}

bool WatchedFolders::is_noise(const std::string& folder, const std::string& name) const {
  return is_editor_noise(name) && !dependent_.contains(folder + "/" + name);
}

}  // namespace hrwatch::watcher
