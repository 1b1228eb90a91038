#include "analysis/address_index.h"

#include <algorithm>

namespace hrwatch::analysis {

std::size_t AddressIndex::up_to(Address where) const {
  // Most addresses are in code or strings, before or behind all of these symbols.
  if (ranges_.empty() || where < ranges_.front().begin) {
    return 0;
  }
  if (where >= ranges_.back().begin) {
    return ranges_.size();
  }
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), where,
                       [](Address a, const Range& range) { return a < range.begin; });
  return static_cast<std::size_t>(after - ranges_.begin());
}

std::size_t AddressIndex::first_alias(std::size_t symbol) const {
  while (symbol > 0 && ranges_[symbol - 1].begin == ranges_[symbol].begin) {
    --symbol;
  }
  return symbol;
}

std::size_t AddressIndex::covering(Address where) const {
  const std::size_t count = up_to(where);
  if (count == 0) {
    return no_symbol;
  }
  for (std::size_t i = first_alias(count - 1); i < count; ++i) {
    if (where < ranges_[i].end || where == ranges_[i].begin) {
      return i;
    }
  }
  return no_symbol;
}

std::size_t AddressIndex::starting_at(Address where) const {
  const std::size_t count = up_to(where);
  return count != 0 && ranges_[count - 1].begin == where ? first_alias(count - 1) : no_symbol;
}

std::size_t AddressIndex::ending_at(Address where) const {
  const std::size_t count = where == 0 ? 0 : up_to(where - 1);
  for (std::size_t i = count; i > 0 && ranges_[i - 1].begin == ranges_[count - 1].begin; --i) {
    if (ranges_[i - 1].end == where) {
      return i - 1;
    }
  }
  return no_symbol;
}

}  // namespace hrwatch::analysis
