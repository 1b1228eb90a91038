#include "analysis/unit_facts.h"

#include <dwarf.h>

#include <cstring>
#include <map>
#include <utility>

#include "analysis/content_hash.h"

namespace hrwatch::analysis {

namespace {

// Whether the library has the variable or function of this entry.
bool is_placed(const DebugEntry& entry, UnitFacts& facts) {
  if (entry.located.kind == Located::Kind::none)
    return false;
  if (entry.located.discarded()) {
    facts.discarded.push_back(entry.location);
    return false;
  }
  return true;
}

void read_prototype(DebugEntries& entries, UnitTypes& types,
                    const std::vector<std::uint32_t>& chain, UnitFacts::FunctionInUnit& fact) {
  const std::uint32_t result = types.type_of(chain.front());
  const std::uint32_t function = types.with_parameters(chain);
  fact.prototype = types.name(result) + " " + types.parameters(function);
  std::uint64_t hash = combine(47, types.identity(result));
  for (std::uint32_t i = function + 1; i < entries[function].end; i = entries[i].end) {
    const DebugEntry entry = entries[i];
    if (entry.tag == DW_TAG_unspecified_parameters)
      hash = combine(hash, entry.tag);
    else if (entry.tag == DW_TAG_formal_parameter && !entry.artificial)
      hash = combine(hash, types.identity(entry.type));
  }
  fact.prototype_hash = hash;
}

// The closure whose call operator this is, 0 if none.
std::uint32_t closure_of(DebugEntries& entries, UnitTypes& types,
                         const std::vector<std::uint32_t>& chain) {
  const char* name = types.name_of(chain.front());
  if (name == nullptr || std::strncmp(name, "operator()", 10) != 0)
    return 0;
  for (const std::uint32_t i : chain)
    if (types.is_closure(entries[i].parent))
      return entries[i].parent;
  return 0;
}

// g++ has one such function a unit, clang one a variable.
bool initialises(const char* name) {
  return name != nullptr && (std::strncmp(name, "__static_initialization_and_", 28) == 0 ||
                             std::strncmp(name, "__cxx_global_var_init", 21) == 0);
}

}  // namespace

void read_variables(DebugEntries& entries, UnitTypes& types, UnitFacts& facts) {
  std::map<std::pair<std::string, std::string>, int> seen;  // in functions: by scope and name
  const auto count = static_cast<std::uint32_t>(entries.all().size());
  for (std::uint32_t i = 1; i < count; ++i) {
    if (entries[i].tag != DW_TAG_variable || !is_placed(entries[i], facts))
      continue;
    const std::vector<std::uint32_t> chain = types.chain(i);
    UnitFacts::VariableInUnit variable;
    variable.place = entries[i].location;
    variable.fact.thread_local_ = entries[i].located.kind == Located::Kind::thread_local_;
    if (const char* name = types.name_of(i))
      variable.fact.name = name;
    const std::uint32_t parent = entries[chain.back()].parent;
    variable.fact.scope = types.scope(parent);
    // Blocks have no names: the second `count` of a function is its {2}, wherever it stands.
    if (entries[parent].tag == DW_TAG_subprogram) {
      const int number = ++seen[{variable.fact.scope, variable.fact.name}];
      if (number > 1)
        variable.fact.scope += "::{" + std::to_string(number) + "}";
    }
    variable.fact.unit = facts.unit;
    const std::uint32_t type = types.type_of(i);
    variable.fact.type = types.name(type);
    variable.fact.underlying = types.underlying(type);
    variable.type = types.shape(type);
    variable.fact.declared = entries.declared(i);
    facts.variables.push_back(std::move(variable));
  }
}

void read_functions(DebugEntries& entries, UnitTypes& types, UnitFacts& facts) {
  const auto count = static_cast<std::uint32_t>(entries.all().size());
  for (std::uint32_t i = 1; i < count; ++i) {
    if (entries[i].tag != DW_TAG_subprogram || !is_placed(entries[i], facts))
      continue;
    const std::vector<std::uint32_t> chain = types.chain(i);
    UnitFacts::FunctionInUnit function;
    function.place = entries[i].location;
    function.scope = types.scope(entries[chain.back()].parent);
    const char* linkage = types.linkage_name_of(i);
    function.c_name = linkage == nullptr || std::strncmp(linkage, "_Z", 2) != 0;
    read_prototype(entries, types, chain, function);
    if (const std::uint32_t closure = closure_of(entries, types, chain))
      function.closure = types.shape(entries[closure].offset);
    if (initialises(types.name_of(i)))
      for (DebugInfo::LineRow& row : entries.rows(entries[i]))
        function.initialiser_rows.push_back(
            {row.address - entries[i].located.value, std::move(row.file), row.line});
    facts.functions.push_back(std::move(function));
  }
}

}  // namespace hrwatch::analysis
