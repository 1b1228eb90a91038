// The variables and functions of one unit's debug info. Knows no other unit and no symbol table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/class_layouts.h"
#include "analysis/debug_entries.h"
#include "analysis/debug_info.h"
#include "analysis/unit_types.h"

namespace hrwatch::analysis {

// Facts whose hashes wait for the classes of all units.
struct UnitFacts {
  struct VariableInUnit {
    DebugInfo::VariableFact fact;
    TypeShape type;
  };

  struct FunctionInUnit {
    DebugInfo::FunctionFact fact;
    TypeShape closure;
  };

  std::string unit;
  std::vector<VariableInUnit> variables;
  std::vector<FunctionInUnit> functions;
  std::vector<DebugInfo::LineRow> initialiser_lines;
};

// Adds all of `entries` to `facts`; its `unit` is set already.
void read_variables(DebugEntries& entries, UnitTypes& types, UnitFacts& facts);
void read_functions(DebugEntries& entries, UnitTypes& types, UnitFacts& facts);

}  // namespace hrwatch::analysis
