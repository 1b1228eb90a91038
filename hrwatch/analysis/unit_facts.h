// The variables and functions of one unit's debug info, without the places that a linker gave them:
// true in every library that the unit is linked into. Knows no other unit and no symbol table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/class_layouts.h"
#include "analysis/debug_entries.h"
#include "analysis/debug_info.h"
#include "analysis/unit_types.h"
#include "wire/result.h"

namespace hrwatch::analysis {

// Hashes of types wait for the classes of all units.
struct UnitFacts {
  struct VariableInUnit {
    DebugInfo::VariableFact fact;  // without an address
    TypeShape type;
    AttributePlace place;
  };

  // Where the code of a line begins, in bytes from the function's entry.
  struct Row {
    std::uint64_t distance = 0;
    std::string file;
    std::uint32_t line = 0;
  };

  struct FunctionInUnit {
    std::string scope;
    std::string prototype;
    std::uint64_t prototype_hash = 0;
    bool c_name = false;
    TypeShape closure;
    AttributePlace place;
    std::vector<Row> initialiser_rows;
  };

  std::string unit;
  std::vector<VariableInUnit> variables;
  std::vector<FunctionInUnit> functions;
  // Of variables and functions whose copy in this unit the linker discarded: nothing else is known.
  // None in facts from an object file, which knows all of its copies.
  std::vector<AttributePlace> discarded;
  bool of_object = false;
  std::vector<ShownClass> classes;
  std::vector<hr::wire::Failure> problems;
};

// Adds all of `entries` to `facts`; its `unit` is set already.
void read_variables(DebugEntries& entries, UnitTypes& types, UnitFacts& facts);
void read_functions(DebugEntries& entries, UnitTypes& types, UnitFacts& facts);

}  // namespace hrwatch::analysis
