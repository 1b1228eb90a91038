// The folders that are wanted: those asked for, and those made inside them since. Pure: knows paths
// as text, no disk and no system's notices.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "watcher/watcher.h"

namespace hrwatch::watcher {

// A project that unpacks an archive of many folders into a watched one stays within this.
inline constexpr std::size_t max_adopted_folders = 4096;

// What to say when a folder that the build keeps has vanished.
hr::wire::Failure folder_is_gone(const std::string& folder);

class WatchedFolders {
 public:
  struct Difference {
    std::vector<std::string> added;
    std::vector<std::string> removed;
  };

  // Takes over the set. Folders adopted so far stay, as far as they lie in a folder of the set.
  Difference replace(const WatchSet& set);

  // Takes in a folder made inside a watched one, unless it is excluded, hidden or one too many.
  bool adopt(const std::string& folder);

  // Folders at or below `path`, sorted.
  std::vector<std::string> within(const std::string& path) const;

  // Forgets adopted folders at or below `path`; folders asked for stay. Gives what was forgotten.
  std::vector<std::string> abandon(const std::string& path);

  // True for an excluded folder and what lies in it: nobody edits there, so when it vanishes that
  // is news in itself.
  bool is_excluded(const std::string& folder) const;

  bool wants(const std::string& folder) const;

  bool asked_for(const std::string& folder) const { return asked_.contains(folder); }

  // True when `path` is a folder asked for or one on the way to it.
  bool leads_to_wanted(const std::string& path) const { return passages_.contains(path); }

  // True for a file that nobody wants to hear of.
  bool is_noise(const std::string& folder, const std::string& name) const;

  const std::set<std::string>& asked() const { return asked_; }

  const std::set<std::string>& adopted() const { return adopted_; }

 private:
  std::set<std::string> asked_;
  std::set<std::string> adopted_;
  std::vector<std::string> excluded_;
  std::unordered_set<std::string> dependent_;
  std::unordered_set<std::string> passages_;
};

}  // namespace hrwatch::watcher
