#include "analysis/debug_info.h"

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

#include "analysis/open_dwarf.h"
#include "analysis/unit_cache.h"
#include "analysis/unit_classes.h"
#include "analysis/unit_origins.h"
#include "analysis/unit_reader.h"

namespace hrwatch::analysis {

namespace {

using hr::wire::Failure;

// g++ -gsplit-dwarf notes thread-local variables down by address in the TLS segment, not by offset.
void offsets_from_addresses(Dwarf* dwarf, DebugInfo& info) {
  std::size_t count = 0;
  Elf* elf = dwarf_getelf(dwarf);
  if (elf_getphdrnum(elf, &count) != 0)
    return;
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf, static_cast<int>(i), &segment) == nullptr || segment.p_type != PT_TLS)
      continue;
    for (DebugInfo::VariableFact& fact : info.variables)
      if (fact.thread_local_ && fact.address >= segment.p_memsz &&
          fact.address - segment.p_vaddr < segment.p_memsz)
        fact.address -= segment.p_vaddr;
  }
}

bool is_elf(const std::filesystem::path& library) {
  const int descriptor = open(library.c_str(), O_RDONLY | O_CLOEXEC);
  char magic[4] = {};
  const bool read = descriptor >= 0 && ::read(descriptor, magic, sizeof magic) == sizeof magic;
  if (descriptor >= 0)
    close(descriptor);
  return read && std::memcmp(magic, "\177ELF", 4) == 0;
}

// By address, each once: the first unit's word counts.
template <class Fact, class ByPlace>
void sort_by(std::vector<Fact>& facts, ByPlace place) {
  std::stable_sort(facts.begin(), facts.end(),
                   [&](const Fact& a, const Fact& b) { return place(a) < place(b); });
  facts.erase(std::unique(facts.begin(), facts.end(),
                          [&](const Fact& a, const Fact& b) { return place(a) == place(b); }),
              facts.end());
}

void sort_facts(DebugInfo& info) {
  // The name too: in thread-local storage discarded variables all seem to be at offset 0.
  sort_by(info.variables, [](const DebugInfo::VariableFact& fact) {
    return std::tie(fact.thread_local_, fact.address, fact.name);
  });
  sort_by(info.functions, [](const DebugInfo::FunctionFact& fact) { return fact.low_pc; });
  std::stable_sort(info.initialiser_lines.begin(), info.initialiser_lines.end(),
                   [](const DebugInfo::LineRow& a, const DebugInfo::LineRow& b) {
                     return a.address < b.address;
                   });
}

void add_unit(const UnitInLibrary& unit, std::uint32_t number, const UnitClasses& classes,
              DebugInfo& info) {
  const UnitFacts& facts = *unit.facts;
  for (std::size_t i = 0; i < facts.variables.size(); ++i) {
    if (unit.variables[i].discarded())
      continue;
    DebugInfo::VariableFact& fact = info.variables.emplace_back(facts.variables[i].fact);
    fact.address = unit.variables[i].value;
    fact.operand = unit.split ? 0 : unit.variables[i].operand;
    fact.type_hash = classes.hash(facts.variables[i].type, number);
  }
  for (const PlacedFunction& placed : unit.functions) {
    const UnitFacts::FunctionInUnit& function = facts.functions[placed.index];
    info.functions.push_back({placed.address, unit.key.object, facts.unit, function.scope,
                              function.prototype, function.prototype_hash, function.c_name,
                              classes.hash(function.closure, number)});
    for (const UnitFacts::Row& row : function.initialiser_rows)
      info.initialiser_lines.push_back({placed.address + row.distance, row.file, row.line});
  }
}

DebugInfo joined(const std::vector<UnitInLibrary>& units, const UnitClasses& classes) {
  DebugInfo info;
  info.types = classes.layouts();
  for (std::uint32_t i = 0; i < units.size(); ++i) {
    if (units[i].facts == nullptr)
      continue;
    info.sources.push_back(units[i].facts);
    add_unit(units[i], i, classes, info);
  }
  for (const auto& facts : info.sources) {
    for (const Failure& problem : facts->problems) {
      const auto same = [&](const Failure& known) {
        return known.why == problem.why && known.fix == problem.fix;
      };
      if (std::none_of(info.problems.begin(), info.problems.end(), same))
        info.problems.push_back(problem);  // the same in 30 units is one to mend
    }
  }
  return info;
}

// Of these units: those that were read ahead, or resolved now.
std::shared_ptr<const UnitClasses> classes_of(const std::filesystem::path& library,
                                              const std::vector<UnitInLibrary>& units,
                                              UnitCache& cache) {
  std::vector<std::shared_ptr<const UnitFacts>> facts;
  facts.reserve(units.size());
  for (const UnitInLibrary& unit : units)
    facts.push_back(unit.facts);
  auto classes = cache.classes(library);
  if (classes == nullptr || classes->units() != facts) {
    classes = std::make_shared<const UnitClasses>(std::move(facts));
    cache.keep(library, classes);
  }
  return classes;
}

void keep(const std::filesystem::path& library, const std::vector<UnitInLibrary>& units,
          UnitCache& cache) {
  UnitCache::Units kept;
  for (const UnitInLibrary& unit : units)
    if (unit.facts != nullptr && unit.key.object != 0 && !unit.split)
      kept.emplace(unit.key, unit.facts);
  if (!kept.empty())
    cache.keep(library, std::move(kept));
}

}  // namespace

hr::wire::Result<DebugInfo> read_debug_info(const std::filesystem::path& library,
                                            const std::filesystem::path& file,
                                            const std::vector<std::filesystem::path>& objects,
                                            UnitCache& cache) {
  if (!is_elf(file))
    return Failure{library.string() + " can't be read as a library",
                   "it is missing, not readable or not an ELF file", "build the module again"};
  const auto reading = cache.reading(library);
  const std::lock_guard lock(*reading);
  const OpenDwarf dwarf(file);
  std::vector<UnitInLibrary> units;
  if (dwarf.handle() != nullptr) {
    const auto keys =
        objects.empty() ? std::vector<UnitKey>() : unit_origins(dwarf, objects, cache);
    units = read_units(file, keys, *cache.units(library));
    keep(library, units, cache);
  }
  DebugInfo info = joined(units, *classes_of(library, units, cache));
  if (dwarf.handle() != nullptr)
    offsets_from_addresses(dwarf.handle(), info);
  sort_facts(info);
  if (info.sources.empty())
    info.problems.push_back(too_little(library.filename().string() + " has no debug info"));
  return info;
}

hr::wire::Result<DebugInfo> read_debug_info(const std::filesystem::path& library) {
  UnitCache none;
  return read_debug_info(library, library, {}, none);
}

}  // namespace hrwatch::analysis
