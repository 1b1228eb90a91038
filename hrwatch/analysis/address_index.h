// Which symbol of a description an address belongs to. Knows nothing of what the symbols are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/description.h"

namespace hrwatch::analysis {

inline constexpr std::size_t no_symbol = ~std::size_t{0};

// Over symbols with `address` and `size`, sorted by address; does not refer to them afterwards.
class AddressIndex {
 public:
  template <class Symbol>
  explicit AddressIndex(const std::vector<Symbol>& symbols) {
    ranges_.reserve(symbols.size());
    for (const Symbol& symbol : symbols) {
      ranges_.push_back({symbol.address, symbol.address + symbol.size});
    }
  }

  // The first of the symbols that cover `where` or, without a size, start there.
  std::size_t covering(Address where) const;

  // The first symbol that starts at `where`; those behind it with the same address are its aliases.
  std::size_t starting_at(Address where) const;

  // The last symbol that starts before `where` and ends there.
  std::size_t ending_at(Address where) const;

 private:
  struct Range {
    Address begin = 0, end = 0;
  };

  // How many symbols start at `where` or before it.
  std::size_t up_to(Address where) const;
  std::size_t first_alias(std::size_t symbol) const;

  std::vector<Range> ranges_;
};

}  // namespace hrwatch::analysis
