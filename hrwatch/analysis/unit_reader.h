// From the debug info of a library to what its units say, a unit after the other; those that are
// known already are not read again, but for their addresses. Knows no symbol table and no machine
// code.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "analysis/class_layouts.h"
#include "analysis/debug_entries.h"
#include "analysis/unit_cache.h"
#include "analysis/unit_facts.h"

namespace hrwatch::analysis {

// A function of a unit that the library has.
struct PlacedFunction {
  std::uint32_t index = 0;  // counts UnitFacts::functions
  Address address = 0;
};

// What one unit says, and where the library has what it speaks of.
struct UnitInLibrary {
  UnitKey key;
  std::shared_ptr<const UnitFacts> facts;  // null: a unit that is not read (assembler)
  std::vector<Located> variables;          // one each of facts->variables
  std::vector<PlacedFunction> functions;   // the linker discards most: other units have them too
  bool split = false;                      // half of it is in a .dwo file
};

// Reads one unit: `root` in its file, `contents` the same or the split unit's in its .dwo.
// `entries` and `classes` serve one unit after the other.
std::shared_ptr<UnitFacts> read_unit(const Dwarf_Die& root, const Dwarf_Die& contents,
                                     DebugEntries& entries, ClassGatherer& classes);

// Whether a unit has no types and functions of a language, only an assembler's code.
bool of_assembler(const Dwarf_Die& root);

// Reads all units of `library`, by number. `keys` one a unit, or none; `known` by key.
// Cost: about a millisecond a unit of std-heavy C++ that is not known, a tenth for others.
std::vector<UnitInLibrary> read_units(const std::filesystem::path& library,
                                      const std::vector<UnitKey>& keys,
                                      const UnitCache::Units& known);

// The problem of a unit or library whose debug info does not say enough. `what` opens the sentence.
hr::wire::Failure too_little(const std::string& what);

}  // namespace hrwatch::analysis
