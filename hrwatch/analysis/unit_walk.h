// The units of a file's debug info, one after the other (DWARF 5, 3.1 and 7.3.2). Knows not what
// they say.
#pragma once

#include <dwarf.h>
#include <elfutils/libdw.h>

#include <cstdint>

namespace hrwatch::analysis {

class UnitWalk {
 public:
  // `dwarf` may be null: nothing to walk through.
  explicit UnitWalk(Dwarf* dwarf) : dwarf_(dwarf) {}

  // False: the last one is behind.
  bool next() {
    return dwarf_ != nullptr &&
           dwarf_get_units(dwarf_, unit_, &unit_, nullptr, &type_, nullptr, nullptr) == 0;
  }

  // Finds the unit's entries, those of a split unit in its .dwo file. False: they can't be read.
  bool open() {
    Dwarf_Half version = 0;
    return dwarf_cu_info(unit_, &version, &type_, &root_, &split_, nullptr, nullptr, nullptr) ==
               0 &&
           root_.addr != nullptr;
  }

  // Of an opened unit: half of it is in a .dwo file; that file is there.
  bool is_split() const { return type_ == DW_UT_skeleton; }

  bool is_whole() const { return !is_split() || split_.addr != nullptr; }

  // Of an opened unit: its entry in this file, and (of a whole one) the entry with its contents.
  const Dwarf_Die& root() const { return root_; }

  const Dwarf_Die& contents() const { return is_split() ? split_ : root_; }

 private:
  Dwarf* dwarf_;
  Dwarf_CU* unit_ = nullptr;
  std::uint8_t type_ = 0;
  Dwarf_Die root_{};
  Dwarf_Die split_{};
};

}  // namespace hrwatch::analysis
