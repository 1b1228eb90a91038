#include "analysis/unit_reader.h"

#include <dwarf.h>
#include <elfutils/libdw.h>

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

#include "analysis/class_layouts.h"
#include "analysis/debug_entries.h"
#include "analysis/open_dwarf.h"
#include "analysis/unit_types.h"
#include "analysis/unit_walk.h"

namespace hrwatch::analysis {

namespace {

using hr::wire::Failure;

struct Unit {
  Dwarf_Die root;      // in the library
  Dwarf_Die contents;  // the same, or the split unit's in its .dwo
};

std::string text(Dwarf_Die die, unsigned attribute) {
  Dwarf_Attribute found;
  const char* value = dwarf_formstring(dwarf_attr(&die, attribute, &found));
  return value == nullptr ? std::string() : value;
}

std::string text(const Unit& unit, unsigned attribute) {
  std::string result = text(unit.contents, attribute);
  return result.empty() ? text(unit.root, attribute) : result;
}

// A relative name stays relative: an object from a compiler cache names the folder of whoever
// compiled it first (ccache with base_dir and without hash_dir), and is the same source all the
// same.
std::string source_path(const Unit& unit) {
  return std::filesystem::path(text(unit, DW_AT_name)).lexically_normal();
}

// The level of the last -g option g++ notes down in its producer string; 2 when there is none.
int debug_level(const std::string& producer) {
  int level = 2;
  for (std::size_t at = 0; (at = producer.find(" -g", at)) != std::string::npos; ++at) {
    std::string option = producer.substr(at + 3, producer.find(' ', at + 1) - at - 3);
    if (option.rfind("gdb", 0) == 0)
      option.erase(0, 3);
    if (option.empty())
      level = 2;
    else if (option.size() == 1 && option[0] >= '0' && option[0] <= '9')
      level = option[0] - '0';
  }
  return level;
}

std::vector<Failure> unit_problems(const Unit& unit, const DebugEntries& entries) {
  std::vector<Failure> problems;
  const std::string producer = text(unit, DW_AT_producer);
  const std::string source = source_path(unit);
  if (producer.find(" -flto") != std::string::npos || entries.has_foreign_references())
    problems.push_back({source + " is built with link-time optimisation or shared type units",
                        "its debug info refers across units, which is not read",
                        "compile the module without -flto and without -fdebug-types-section"});
  bool types = false;
  for (const DebugEntry& entry : entries.all())
    types |= entry.tag == DW_TAG_base_type || entry.tag == DW_TAG_subprogram;
  Dwarf_Die root = unit.root;
  const bool code = dwarf_hasattr(&root, DW_AT_low_pc) || dwarf_hasattr(&root, DW_AT_ranges);
  if (debug_level(producer) < 2 || (code && !types))
    problems.push_back(too_little(source + " has too little debug info"));
  return problems;
}

Failure missing_split_unit(Dwarf_Die root) {
  std::string file = text(root, DW_AT_dwo_name);
  if (file.empty())
    file = text(root, DW_AT_GNU_dwo_name);
  std::filesystem::path path = file;
  if (path.is_relative())
    path = text(root, DW_AT_comp_dir) / path;
  return Failure{
      "the debug info file " + path.lexically_normal().string() + " is missing",
      "the module is compiled with -gsplit-dwarf, and this file holds what must be compared",
      "build the module again, and keep its .dwo files"};
}

// Fills in the addresses; false when this link placed other copies than the one `facts` are from.
bool place(const Dwarf_Die& contents, UnitInLibrary& unit) {
  const UnitFacts& facts = *unit.facts;
  unit.variables.clear();
  unit.functions.clear();
  for (const AttributePlace& gone : facts.discarded)
    if (!locate(contents, gone).discarded())
      return false;
  for (const UnitFacts::VariableInUnit& variable : facts.variables) {
    unit.variables.push_back(locate(contents, variable.place));
    if (unit.variables.back().discarded() && !facts.of_object)
      return false;
  }
  for (std::uint32_t i = 0; i < facts.functions.size(); ++i) {
    const Located located = locate(contents, facts.functions[i].place);
    if (!located.discarded())
      unit.functions.push_back({i, located.value});
    else if (!facts.of_object)
      return false;
  }
  return true;
}

// Reads every unit whose number leaves `remainder` when divided by `threads`.
void read_share(Dwarf* dwarf, const UnitCache::Units& known, std::size_t threads,
                std::size_t remainder, std::vector<UnitInLibrary>& units) {
  UnitWalk walk(dwarf);
  DebugEntries entries;
  ClassGatherer classes;
  for (std::size_t number = 0; number < units.size() && walk.next(); ++number) {
    UnitInLibrary& unit = units[number];
    if (number % threads != remainder || !walk.open() || of_assembler(walk.root()))
      continue;
    unit.split = walk.is_split();
    if (!walk.is_whole()) {
      auto facts = std::make_shared<UnitFacts>();
      facts->problems.push_back(missing_split_unit(walk.root()));
      unit.facts = std::move(facts);
      continue;
    }
    const auto found = unit.key.object == 0 ? known.end() : known.find(unit.key);
    if (found != known.end()) {
      unit.facts = found->second;
      if (place(walk.contents(), unit))
        continue;
    }
    unit.facts = read_unit(walk.root(), walk.contents(), entries, classes);
    place(walk.contents(), unit);
  }
}

}  // namespace

Failure too_little(const std::string& what) {
  return {what, "without it, layouts and types can't be compared, and old data could meet new code",
          "compile the module with -g (not -g1, not stripped)"};
}

std::shared_ptr<UnitFacts> read_unit(const Dwarf_Die& root, const Dwarf_Die& contents,
                                     DebugEntries& entries, ClassGatherer& classes) {
  const Unit unit{root, contents};
  entries.read(contents);
  UnitTypes types(entries, classes, has_overloads(contents));
  auto facts = std::make_shared<UnitFacts>();
  facts->unit = source_path(unit);
  types.collect();
  read_variables(entries, types, *facts);
  read_functions(entries, types, *facts);
  facts->problems = unit_problems(unit, entries);
  facts->classes = classes.take();
  return facts;
}

bool of_assembler(const Dwarf_Die& root) {
  Dwarf_Die die = root;
  Dwarf_Attribute attribute;
  Dwarf_Word language = 0;
  return dwarf_formudata(dwarf_attr(&die, DW_AT_language, &attribute), &language) == 0 &&
         language == DW_LANG_Mips_Assembler;
}

std::vector<UnitInLibrary> read_units(const std::filesystem::path& library,
                                      const std::vector<UnitKey>& keys,
                                      const UnitCache::Units& known) {
  const OpenDwarf dwarf(library);
  if (dwarf.handle() == nullptr)
    return {};
  std::vector<UnitInLibrary> units(sizes_of_units(dwarf.handle()).size());
  for (std::size_t i = 0; i < std::min(keys.size(), units.size()); ++i)
    units[i].key = keys[i];
  std::thread second([&] {
    const OpenDwarf own(library);
    if (own.handle() != nullptr)
      read_share(own.handle(), known, 2, 1, units);
  });
  read_share(dwarf.handle(), known, 2, 0, units);
  second.join();
  return units;
}

}  // namespace hrwatch::analysis
