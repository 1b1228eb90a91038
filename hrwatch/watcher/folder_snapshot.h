// What the files of watched folders looked like when they were last read: the memory that turns
// "look again" into "this changed". Knows no notices, no loop and no meaning of files.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace hrwatch::watcher {

struct Stamp {
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  bool folder = false;
  bool complete_when_made = false;  // a symbolic or further hard link: nobody will close it

  friend bool operator==(const Stamp&, const Stamp&) = default;
};

enum class Difference { none, appeared, changed, vanished };

struct Change {
  std::string name;
  Difference difference = Difference::none;
  Stamp stamp;  // as it is now; as it was, when it vanished
};

// Not thread safe. Every function reads the disk, none writes it.
class FolderSnapshot {
 public:
  // Reads the folder again, remembers it, and tells how it differs from what was remembered. A
  // folder that can't be read counts as empty. A folder never read before differs in every entry.
  std::vector<Change> refresh(const std::string& folder);

  // Reads one entry again, remembers it, and tells how it differs.
  Change refresh_entry(const std::string& folder, const std::string& name);

  // True when there is a folder at this path now.
  static bool exists(const std::string& folder);

  // Forgets the folder without reading it.
  void forget(const std::string& folder);

 private:
  using Listing = std::unordered_map<std::string, Stamp>;
  std::unordered_map<std::string, Listing> folders_;
};

}  // namespace hrwatch::watcher
