// Notices that something changed in the folders where session files and libraries appear. Knows
// neither.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "src/own_descriptor.h"

namespace hr::runtime {

enum class FolderChangeKind {
  finished,  // written to its end, or moved there as a whole; or whatever may have happened
  begun,     // created: an empty file that will be written to, or another name of a whole one
  gone,
  other  // rights, times, number of links
};

struct FolderChange {
  std::string folder;
  std::string name;  // in the folder; "" = the folder itself
  FolderChangeKind kind = FolderChangeKind::finished;
};

class FolderWatch {
 public:
  // `all`: also what begins to be there and what is moved away.
  static FolderWatch open(bool all = false);

  bool works() const { return descriptor_.still_ours(); }

  int number() const { return descriptor_.number(); }  // for poll(); -1 when there is none

  // False when the folder can't be watched (not there, limit reached): look again later.
  bool watch(const std::string& folder);
  bool watches(const std::string& folder) const;
  // The folders in which something was created, written, renamed or removed, or that have gone.
  std::set<std::string> changed();
  // The same, in detail.
  std::vector<FolderChange> changes();

 private:
  OwnDescriptor descriptor_;
  std::map<int, std::string> folders_;
  std::uint32_t also_ = 0;  // IN_*
};

}  // namespace hr::runtime
