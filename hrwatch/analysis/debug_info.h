// What a library's DWARF says that its symbols don't: types, scopes, source places. Knows no symbol
// table, no machine code and no second generation.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/description.h"
#include "wire/result.h"

namespace hrwatch::analysis {

struct UnitFacts;  // unit_facts.h
class UnitCache;   // unit_cache.h

struct DebugInfo {
  // A variable that has a place of its own in the library. Several can be at one address (aliases;
  // discarded thread-locals at offset 0): match by name too.
  struct VariableFact {
    Address address = 0;        // link-time address; thread_local_: offset in the TLS image
    std::uint64_t operand = 0;  // where in the file the debug info says `address`; 0 = not known
    bool thread_local_ = false;
    std::string name;   // as declared, without scope
    std::string scope;  // "ns::f()::{1}": namespaces, classes, the function, blocks by number
    std::string unit;   // absolute path of the translation unit's source
    std::string type;   // readable type name
    std::string underlying;
    std::uint64_t type_hash = 0;  // recursive layout, not through pointers
    std::string declared;         // "file:line"
  };

  // A function with a body. Its texts belong to `sources`.
  struct FunctionFact {
    Address low_pc = 0;
    std::uint64_t origin = 0;  // content of the object file it was linked from; 0 = not known
    std::string_view unit;
    std::string_view scope;            // as in VariableFact, without the function itself
    std::string_view prototype;        // "int (Enemy *, float)"
    std::uint64_t prototype_hash = 0;  // class types count by name only
    bool c_name = false;               // its symbol carries no types (C, extern "C")
    std::uint64_t closure_layout = 0;  // size and captures, for the call operator of a closure
  };

  // The code at `address` is of this line.
  struct LineRow {
    Address address = 0;
    std::string file;  // as in `declared`
    std::uint32_t line = 0;
  };

  std::vector<VariableFact> variables;  // by (thread_local_, address, name)
  std::vector<FunctionFact> functions;  // by low_pc
  // Of the functions in which the compilers put the static initialisation of a unit, by address.
  std::vector<LineRow> initialiser_lines;
  // Class layouts by qualified name; "name @ unit" where one name has several (Description::types).
  TypeLayouts types;
  std::vector<std::shared_ptr<const UnitFacts>> sources;  // units, in the order of the link
  std::vector<hr::wire::Failure> problems;  // no debug info, too little of it, LTO, a missing .dwo
};

// Reads DWARF 4 and 5 of `library` from `file` (the same, or a copy of it with the same time of
// writing), with the .dwo files of its split units. Units of `objects` (in the order of the link)
// that `cache` knows are not read again; what is read goes into it.
// Errors: Failure when the file can't be opened or is no ELF file; everything else is in
// `problems`. Thread: any; no state but the cache. Cost: see read_units().
hr::wire::Result<DebugInfo> read_debug_info(const std::filesystem::path& library,
                                            const std::filesystem::path& file,
                                            const std::vector<std::filesystem::path>& objects,
                                            UnitCache& cache);
// All of it, and nothing kept.
hr::wire::Result<DebugInfo> read_debug_info(const std::filesystem::path& library);

}  // namespace hrwatch::analysis
