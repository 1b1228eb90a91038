// Notices that something changed in the folders where session files appear. Knows no session.
#pragma once

#include <map>
#include <set>
#include <string>

#include "src/own_descriptor.h"

namespace hr::runtime {

class FolderWatch {
 public:
  static FolderWatch open();

  bool works() const { return descriptor_.still_ours(); }

  int number() const { return descriptor_.number(); }  // for poll(); -1 when there is none

  // False when the folder can't be watched (not there, limit reached): look again later.
  bool watch(const std::string& folder);
  bool watches(const std::string& folder) const;
  // The folders in which something was created, written, renamed or removed, or that have gone.
  std::set<std::string> changed();

 private:
  OwnDescriptor descriptor_;
  std::map<int, std::string> folders_;
};

}  // namespace hr::runtime
