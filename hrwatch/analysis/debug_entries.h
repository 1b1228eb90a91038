// The debugging entries (DIEs) of one unit that name types, variables in memory and functions with
// bodies, as flat records. The only place that walks DWARF; knows no layouts and no hashes.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/debug_info.h"

namespace hrwatch::analysis {

// Where in its unit an attribute stands: the same in every library that contains the unit, while
// the address it gives is not.
struct AttributePlace {
  std::uint32_t offset = 0;  // bytes from the unit's own entry
  std::uint16_t code = 0;    // DW_AT_*; 0 = none
  std::uint16_t form = 0;    // DW_FORM_*
};

// What an attribute says about a place in the library.
struct Located {
  enum class Kind : std::uint8_t { none, memory, thread_local_, code };

  Kind kind = Kind::none;
  std::uint64_t value = 0;    // address; thread_local_: offset in the TLS image
  std::uint64_t operand = 0;  // memory: where in the file the 8 bytes of `value` are; 0 = not known

  // Linkers give discarded copies of inline functions and variables addresses like 0, 1 or -1.
  bool discarded() const {
    return kind != Kind::thread_local_ && (value < 16 || value > ~std::uint64_t{0} - 16);
  }
};

// Reads DW_AT_low_pc or DW_AT_location of the unit whose own entry is `unit`.
Located locate(const Dwarf_Die& unit, const AttributePlace& place);

// One DIE. Strings belong to the Dwarf handle and live as long as it.
struct DebugEntry {
  std::uint32_t offset = 0;  // in its unit, as references name it
  std::uint32_t parent = 0;  // index; the unit's own entry (index 0) is its own parent
  std::uint32_t end = 0;     // index behind its last descendant
  std::uint32_t type = 0;    // DW_AT_type, offset in the unit; 0 = void, foreign_unit = elsewhere
  std::uint32_t origin = 0;  // DW_AT_specification or DW_AT_abstract_origin, likewise
  std::uint16_t tag = 0;
  std::uint8_t encoding = 0;  // DW_AT_encoding
  bool declaration = false;
  bool external = false;
  bool artificial = false;
  bool has_file = false;
  bool sized = false;              // byte_size, count or upper_bound is given
  bool computed = false;           // member location is an expression: a virtual base
  bool has_virtual_table = false;  // DW_AT_containing_type of a class
  bool data_bits = false;  // bit_offset counts from the start of the class (DWARF 4 and later)
  std::uint32_t bit_size = 0;
  std::uint32_t bit_offset = 0;
  std::uint32_t file = 0, line = 0;
  const char* name = nullptr;
  const char* linkage_name = nullptr;
  std::uint64_t size = 0;   // bytes (of code, too); subranges: number of elements
  std::uint64_t value = 0;  // member offset or enumerator
  Located located;          // of functions and variables
  AttributePlace location;  // the attribute behind it
};

// Of a class, struct or union.
bool is_class(int tag);

// Whether the language of a unit lets functions share a name, as C does not.
bool has_overloads(const Dwarf_Die& unit);

inline constexpr std::uint32_t foreign_unit = 0xffffffff;

class DebugEntries {
 public:
  // Reads the unit whose root DIE is `unit` (for split units: the one in the .dwo), in place of the
  // unit read before.
  void read(const Dwarf_Die& unit);

  const std::vector<DebugEntry>& all() const { return entries_; }

  const Dwarf_Die& unit() const { return unit_; }

  const DebugEntry& operator[](std::uint32_t index) const { return entries_[index]; }

  // The entry at an offset of this unit, read now if the walk passed it by (declarations of member
  // functions). 0 when there is none.
  std::uint32_t find(std::uint32_t offset);

  // "path:line" of an entry's declaration, "" if unknown. A definition leaves out what it has in
  // common with its declaration. Cost: the first call reads the unit's line table.
  std::string declared(std::uint32_t index);

  // The line rows of a function: where the code of each line begins.
  std::vector<DebugInfo::LineRow> rows(const DebugEntry& function);

  // A reference left the unit (LTO, type units, dwz).
  bool has_foreign_references() const { return foreign_; }

 private:
  Dwarf_Die unit_{};
  std::vector<DebugEntry> entries_;
  std::vector<std::uint32_t> index_of_;  // by offset in the unit
  Dwarf_Files* files_ = nullptr;
  std::size_t file_count_ = 0;
  bool files_read_ = false;
  bool foreign_ = false;

  struct Reading;
  std::uint32_t add(Dwarf_Die& die, std::uint32_t parent);
  void read_children(Dwarf_Die& die, std::uint32_t parent);
  void read_child(Dwarf_Die& die, std::uint32_t parent);
  bool wanted_variable(Dwarf_Die& die) const;
  bool wanted_function(Dwarf_Die& die, std::uint32_t parent) const;
  static int attribute(Dwarf_Attribute* attribute, void* reading);
  void locate(Dwarf_Attribute* attribute, DebugEntry& entry);
  std::uint32_t reference(Dwarf_Attribute* attribute);
};

}  // namespace hrwatch::analysis
