#include "analysis/debug_info.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>

#include "analysis/class_layouts.h"
#include "analysis/debug_entries.h"
#include "analysis/unit_facts.h"
#include "analysis/unit_types.h"

namespace hrwatch::analysis {

namespace {

using hr::wire::Failure;

// A library opened for reading its DWARF. Each thread opens its own: libdw's handles aren't shared.
class OpenDwarf {
 public:
  explicit OpenDwarf(const std::filesystem::path& library)
      : descriptor_(open(library.c_str(), O_RDONLY | O_CLOEXEC)),
        handle_(descriptor_ < 0 ? nullptr : dwarf_begin(descriptor_, DWARF_C_READ)) {}

  ~OpenDwarf() {
    if (handle_ != nullptr)
      dwarf_end(handle_);
    if (descriptor_ >= 0)
      close(descriptor_);
  }

  OpenDwarf(const OpenDwarf&) = delete;
  OpenDwarf& operator=(const OpenDwarf&) = delete;

  bool is_open() const { return descriptor_ >= 0; }

  Dwarf* handle() const { return handle_; }

 private:
  int descriptor_;
  Dwarf* handle_;
};

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

std::string source_path(const Unit& unit) {
  std::filesystem::path name = text(unit, DW_AT_name);
  if (name.is_relative())
    name = text(unit.root, DW_AT_comp_dir) / name;
  return name.lexically_normal();
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

Failure too_little(const std::string& what) {
  return {what, "without it, layouts and types can't be compared, and old data could meet new code",
          "compile the module with -g (not -g1, not stripped)"};
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

// What one thread found in its share of the units.
struct Share {
  std::vector<std::pair<std::uint32_t, UnitFacts>> facts;
  ClassLayouts classes;
  std::vector<std::pair<std::uint32_t, Failure>> problems;
};

bool is_c(Dwarf_Word language) {
  return language == DW_LANG_C89 || language == DW_LANG_C || language == DW_LANG_C99 ||
         language == DW_LANG_C11;
}

Dwarf_Word language(Dwarf_Die die) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  return dwarf_formudata(dwarf_attr(&die, DW_AT_language, &attribute), &value) == 0 ? value : 0;
}

void read_unit(const Unit& unit, std::uint32_t number, DebugEntries& entries, Share& share) {
  entries.read(unit.contents);
  UnitTypes types(entries, share.classes, number, !is_c(language(unit.contents)));
  UnitFacts facts;
  facts.unit = source_path(unit);
  types.collect();
  read_variables(entries, types, facts);
  read_functions(entries, types, facts);
  for (Failure& problem : unit_problems(unit, entries))
    share.problems.emplace_back(number, std::move(problem));
  share.facts.emplace_back(number, std::move(facts));
}

std::optional<Failure> missing_split_unit(Dwarf_Die root) {
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

// Reads every unit whose number leaves `remainder` when divided by `threads`.
void read_units(Dwarf* dwarf, std::uint32_t threads, std::uint32_t remainder, Share& share) {
  Dwarf_CU* cursor = nullptr;
  Dwarf_Die root, split;
  Dwarf_Half version = 0;
  std::uint8_t type = 0;
  std::uint32_t number = 0;
  DebugEntries entries;
  while (dwarf_get_units(dwarf, cursor, &cursor, &version, &type, nullptr, nullptr) == 0) {
    if (number++ % threads != remainder)
      continue;
    if (dwarf_cu_info(cursor, &version, &type, &root, &split, nullptr, nullptr, nullptr) != 0 ||
        root.addr == nullptr || language(root) == DW_LANG_Mips_Assembler)
      continue;
    const bool skeleton = type == DW_UT_skeleton;
    if (skeleton && split.addr == nullptr)
      share.problems.emplace_back(number - 1, *missing_split_unit(root));
    else
      read_unit({root, skeleton ? split : root}, number - 1, entries, share);
  }
}

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

DebugInfo joined(Share& share) {
  DebugInfo info;
  const auto by_number = [](const auto& a, const auto& b) {
    return a.first < b.first;
  };
  std::stable_sort(share.facts.begin(), share.facts.end(), by_number);
  std::stable_sort(share.problems.begin(), share.problems.end(), by_number);
  std::vector<std::string> units(share.facts.empty() ? 0 : share.facts.back().first + 1);
  for (const auto& [number, facts] : share.facts)
    units[number] = facts.unit;
  info.types = share.classes.resolve(units);
  for (auto& [number, facts] : share.facts) {
    for (UnitFacts::VariableInUnit& variable : facts.variables) {
      variable.fact.type_hash = share.classes.hash(variable.type, number);
      info.variables.push_back(std::move(variable.fact));
    }
    for (UnitFacts::FunctionInUnit& function : facts.functions) {
      function.fact.closure_layout = share.classes.hash(function.closure, number);
      info.functions.push_back(std::move(function.fact));
    }
    std::move(facts.initialiser_lines.begin(), facts.initialiser_lines.end(),
              std::back_inserter(info.initialiser_lines));
  }
  for (auto& [number, problem] : share.problems) {
    const auto same = [&p = problem](const Failure& known) {
      return known.why == p.why && known.fix == p.fix;
    };
    if (std::none_of(info.problems.begin(), info.problems.end(), same))
      info.problems.push_back(std::move(problem));  // the same in 30 units is one to mend
  }
  return info;
}

}  // namespace

hr::wire::Result<DebugInfo> read_debug_info(const std::filesystem::path& library) {
  if (!is_elf(library))
    return Failure{library.string() + " can't be read as a library",
                   "it is missing, not readable or not an ELF file", "build the module again"};
  Share share, second_share;
  const OpenDwarf dwarf(library);
  if (dwarf.handle() != nullptr) {
    std::thread second([&] {
      const OpenDwarf own(library);
      if (own.handle() != nullptr)
        read_units(own.handle(), 2, 1, second_share);
    });
    read_units(dwarf.handle(), 2, 0, share);
    second.join();
  }
  share.classes.merge(std::move(second_share.classes));
  std::move(second_share.facts.begin(), second_share.facts.end(), std::back_inserter(share.facts));
  std::move(second_share.problems.begin(), second_share.problems.end(),
            std::back_inserter(share.problems));
  const bool nothing = share.facts.empty() && share.problems.empty();
  DebugInfo info = joined(share);
  if (dwarf.handle() != nullptr)
    offsets_from_addresses(dwarf.handle(), info);
  sort_facts(info);
  if (nothing)
    info.problems.push_back(too_little(library.filename().string() + " has no debug info"));
  return info;
}

}  // namespace hrwatch::analysis
