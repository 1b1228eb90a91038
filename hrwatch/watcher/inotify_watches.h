// Which folders the kernel watches for us, and under which paths we know them. One inode has one
// watch, however many paths (symbolic links, folder and ancestor at once) lead to it. Knows
// inotify's side only: no events, no files, no loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace hrwatch::watcher {

// Why a path is watched; a path may have several roles.
enum class Role : std::uint8_t {
  contents = 1,  // its files are wanted
  passage = 2,   // a wanted folder lies below: it matters when it is moved or deleted itself
  doorway = 4,   // an entry is missing or a symbolic link: it matters when that entry is made anew
};

struct WatchedPath {
  std::string path;
  std::uint8_t roles = 0;

  bool has(Role role) const { return (roles & static_cast<std::uint8_t>(role)) != 0; }
};

enum class AddOutcome { added, missing, forbidden, limit_reached };

// Not thread safe. Does not own the descriptor.
class InotifyWatches {
 public:
  explicit InotifyWatches(int descriptor) : descriptor_(descriptor) {}

  // Watches `path` for `role` as well.
  AddOutcome add(const std::string& path, Role role);

  // `path` is no longer watched for `role`; the kernel may go on telling of it.
  void remove(const std::string& path, Role role);

  // Ends the watching of `path` and of everything below it.
  void drop_tree(const std::string& path);

  // The kernel ended this watch (IN_IGNORED).
  void ended(int watch);

  // The paths of a watch; empty when it is not known (any more).
  std::vector<WatchedPath> paths_of(int watch) const;

  std::size_t count(Role role) const;

 private:
  void drop(std::map<std::string, int>::iterator place);

  int descriptor_;
  std::unordered_map<int, std::vector<WatchedPath>> watches_;
  std::map<std::string, int> by_path_;
};

}  // namespace hrwatch::watcher
