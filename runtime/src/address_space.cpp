#include "src/address_space.h"

#include <algorithm>

namespace hr::runtime {
namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr std::uint64_t huge_page = 2 * mib;

constexpr std::uint64_t round_up(std::uint64_t size, std::uint64_t unit) {
  return (size + unit - 1) / unit * unit;
}

}  // namespace

std::uint64_t reserve_size_for(std::uint64_t span) {
  constexpr std::uint64_t wished_places = 512;
  return std::clamp(round_up(wished_places * place_size_for(span), huge_page), 256 * mib,
                    1024 * mib);
}

std::uint64_t place_size_for(std::uint64_t span) {
  const std::uint64_t grown = span + span / 8 + 64 * kib;
  // From 2 MB on the kernel aligns file mappings to huge pages. The slack that it wants for that is
  // the next place's while the mapping is made.
  return round_up(grown, grown < huge_page ? 64 * kib : huge_page);
}

std::uint64_t hole_size_for(std::uint64_t memory_size, std::uint64_t alignment) {
  std::uint64_t size = memory_size;
  if (alignment > 4096)
    size += alignment;
  if (size >= huge_page)
    size += huge_page;
  return size;
}

std::vector<Pointer> addresses_near(Pointer begin, Pointer end, std::uint64_t size,
                                    std::uint64_t unit, Pointer user_end) {
  const auto reach = static_cast<std::uint64_t>(code_reach);
  const Pointer low = begin & ~(unit - 1);
  const Pointer high = (end + unit - 1) & ~(unit - 1);
  const std::uint64_t furthest = reach - std::min(reach, size + (end - begin) + huge_page);
  const std::uint64_t start = std::min<std::uint64_t>(512 * mib, furthest & ~(64 * mib - 1));
  std::vector<std::uint64_t> gaps;
  for (std::uint64_t gap = start; gap <= furthest; gap += 64 * mib)
    gaps.push_back(gap);
  for (std::uint64_t gap = start; gap >= 64 * mib; gap -= 64 * mib)
    gaps.push_back(gap - 64 * mib);
  std::vector<Pointer> result;
  for (std::uint64_t gap : gaps) {
    if (low > gap + size + huge_page)
      result.push_back(low - gap - size);
  }
  // Above the libraries, as a rule, lies what Linux never chooses by itself: a generation then
  // lands elsewhere, and the distances between generations differ from host to host.
  for (std::uint64_t gap : gaps) {
    if (high + gap + size <= user_end)
      result.push_back(high + gap);
  }
  return result;
}

bool AddressSpace::reaches(Pointer begin, Pointer end) const {
  return std::max(end, end_) - std::min(begin, slots_) <= static_cast<Pointer>(code_reach);
}

bool Places::free_at(std::size_t first, std::size_t wanted) const {
  if (wanted == 0 || first > taken_.size() || wanted > taken_.size() - first)
    return false;
  const auto begin = taken_.begin() + static_cast<std::ptrdiff_t>(first);
  return std::find(begin, begin + static_cast<std::ptrdiff_t>(wanted), true) ==
         begin + static_cast<std::ptrdiff_t>(wanted);
}

std::optional<std::size_t> Places::take(std::uint32_t number, std::size_t wanted) {
  const std::size_t own = taken_.empty() || number == 0 ? 0 : (number - 1) % taken_.size();
  std::optional<std::size_t> first;
  if (free_at(own, wanted))
    first = own;
  for (std::size_t at = 0; !first && at < taken_.size(); ++at) {
    if (free_at(at, wanted))
      first = at;
  }
  if (first) {
    for (std::size_t i = 0; i < wanted; ++i)
      taken_[*first + i] = true;
  }
  return first;
}

void Places::give_back(std::size_t first, std::size_t wanted) {
  for (std::size_t i = 0; i < wanted && first + i < taken_.size(); ++i)
    taken_[first + i] = false;
}

}  // namespace hr::runtime
