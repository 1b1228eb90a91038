#include "analysis/symbols.h"

#include <algorithm>

namespace hrwatch::analysis {

std::string_view without_number(const Symbol& symbol) {
  constexpr std::string_view digits = "0123456789";
  const std::size_t last = symbol.name.find_last_not_of(digits);
  const bool numbered = symbol.binding == Binding::local && last != std::string_view::npos &&
                        last > 0 && last + 1 < symbol.name.size() && symbol.name[last] == '.';
  return numbered ? symbol.name.substr(0, last) : symbol.name;
}

const Symbol* covering(const std::vector<Symbol>& symbols, Address where) {
  auto after = std::upper_bound(symbols.begin(), symbols.end(), where,
                                [](Address a, const Symbol& symbol) { return a < symbol.address; });
  if (after == symbols.begin())
    return nullptr;
  auto first = after - 1;
  while (first != symbols.begin() && (first - 1)->address == first->address)
    --first;
  for (; first != after; ++first)
    if (where - first->address < first->size || where == first->address)
      return &*first;
  return nullptr;
}

const Symbol* ending_at(const std::vector<Symbol>& symbols, Address where) {
  auto at = std::lower_bound(symbols.begin(), symbols.end(), where,
                             [](const Symbol& symbol, Address a) { return symbol.address < a; });
  while (at != symbols.begin()) {
    --at;
    if (at->address + at->size == where)
      return &*at;
    if (at->address + at->size < where)
      break;
  }
  return nullptr;
}

const Symbol* starting_at(const std::vector<Symbol>& symbols, Address where) {
  auto at = std::lower_bound(symbols.begin(), symbols.end(), where,
                             [](const Symbol& symbol, Address a) { return symbol.address < a; });
  return at != symbols.end() && at->address == where ? &*at : nullptr;
}

}  // namespace hrwatch::analysis
