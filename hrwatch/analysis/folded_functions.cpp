#include "analysis/folded_functions.h"

#include <dwarf.h>
#include <elfutils/libdw.h>

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "analysis/open_dwarf.h"
#include "analysis/symbol_names.h"
#include "analysis/unit_walk.h"

namespace hrwatch::analysis {
namespace {

using Names = std::unordered_set<std::string_view>;

// C1 and C2, D1 and D2 ...: Itanium C++ ABI 5.1.4.3.
bool variants(std::string_view a, std::string_view b) {
  if (a.size() != b.size())
    return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool kind = i > 0 && (a[i - 1] == 'C' || a[i - 1] == 'D' || a[i - 1] == 'I') &&
                      a[i] >= '0' && a[i] <= '5' && b[i] >= '0' && b[i] <= '5';
    if (a[i] != b[i] && !kind)
      return false;
  }
  return true;
}

bool suspicious(const Symbol& a, const Symbol& b) {
  return a.address == b.address && a.size == b.size && a.size != 0 && !a.clone && !b.clone &&
         !variants(a.name, b.name);
}

// Collects those of the wanted names that a function definition of the unit has.
struct Search {
  const Names& wanted;
  Names found;

  static int visit(Dwarf_Die* function, void* search) {
    auto& self = *static_cast<Search*>(search);
    Dwarf_Attribute attribute;
    if (!dwarf_hasattr(function, DW_AT_low_pc))
      return DWARF_CB_OK;
    const char* name =
        dwarf_formstring(dwarf_attr_integrate(function, DW_AT_linkage_name, &attribute));
    if (!name)
      name = dwarf_diename(function);
    if (const auto at = self.wanted.find(name ? name : ""); at != self.wanted.end())
      self.found.insert(*at);
    return DWARF_CB_OK;
  }
};

// The wanted names that were compiled with a body of their own.
Names compiled(const std::filesystem::path& library, const Names& wanted) {
  Search search{wanted, {}};
  const OpenDwarf dwarf(library);
  for (UnitWalk walk(dwarf.handle()); walk.next();) {
    if (!walk.open() || !walk.is_whole())
      continue;
    Dwarf_Die contents = walk.contents();
    dwarf_getfuncs(&contents, Search::visit, &search, 0);
  }
  return search.found;
}

}  // namespace

std::string folded_functions(const std::filesystem::path& library, const Symbols& symbols) {
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  const auto& functions = symbols.functions;
  for (std::size_t i = 1; i < functions.size(); ++i)
    if (suspicious(functions[i - 1], functions[i]))
      pairs.emplace_back(functions[i - 1].name, functions[i].name);
  if (pairs.empty())
    return {};
  Names wanted;
  for (const auto& [one, other] : pairs) {
    wanted.insert(one);
    wanted.insert(other);
  }
  const Names bodies = compiled(library, wanted);
  for (const auto& [one, other] : pairs)
    if (bodies.count(one) && bodies.count(other))
      return std::string(one) + " and " + std::string(other);
  return {};
}

}  // namespace hrwatch::analysis
