#include "src/memory_map.h"

#include <algorithm>
#include <utility>

#include "src/page_rights.h"

namespace hr::runtime {
namespace {

// Joins what touches or overlaps.
OwnVector<Region> merged(OwnVector<Region> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const Region& a, const Region& b) { return a.begin < b.begin; });
  OwnVector<Region> result;
  for (const Region& range : ranges) {
    if (!result.empty() && range.begin <= result.back().end)
      result.back().end = std::max(result.back().end, range.end);
    else
      result.push_back(range);
  }
  return result;
}

}  // namespace

OwnVector<Region> MemoryMap::regions(Pointer begin, Pointer end) const {
  OwnVector<Region> result;
  auto region = std::upper_bound(regions_.begin(), regions_.end(), begin,
                                 [](Pointer at, const Region& r) { return at < r.end; });
  Pointer at = begin;
  for (; region != regions_.end() && at < end && region->begin <= at; ++region) {
    Region part = *region;
    part.begin = at;
    part.end = std::min(region->end, end);
    at = part.end;
    result.push_back(part);
  }
  return at >= end ? result : OwnVector<Region>{};
}

bool MemoryMap::readable(Pointer address, std::uint64_t size) const {
  if (size == 0 || address + size < address)
    return size == 0;
  const OwnVector<Region> parts = regions(address, address + size);
  return !parts.empty() &&
         std::all_of(parts.begin(), parts.end(), [](const Region& r) { return r.readable; });
}

WritablePages::WritablePages(WritablePages&& other) noexcept {
  *this = std::move(other);
}

WritablePages& WritablePages::operator=(WritablePages&& other) noexcept {
  if (this == &other)
    return *this;
  restore();
  wanted_ = std::exchange(other.wanted_, {});
  opened_ = std::exchange(other.opened_, {});
  return *this;
}

void WritablePages::want(Pointer address, std::uint64_t size) {
  if (size == 0)
    return;
  Region range;
  range.begin = page_begin(address);
  range.end = page_end(address + size);
  // Neighbours arrive in order most of the time: keep the list short.
  if (!wanted_.empty() && wanted_.back().begin <= range.begin && range.begin <= wanted_.back().end)
    wanted_.back().end = std::max(wanted_.back().end, range.end);
  else
    wanted_.push_back(range);
}

wire::Result<wire::Done> WritablePages::open(const MemoryMap& map) {
  for (const Region& range : merged(std::exchange(wanted_, {}))) {
    const OwnVector<Region> parts = map.regions(range.begin, range.end);
    if (parts.empty()) {
      restore();
      return wire::Failure{"a place to be rewritten is not mapped",
                           "the rewiring does not fit what is loaded in the program",
                           "restart the program"};
    }
    for (const Region& part : parts) {
      if (!part.writable) {
        if (auto failure = make_writable(part)) {
          restore();
          return *failure;
        }
        opened_.push_back(part);
      }
      touch_pages(part.begin, part.end);
    }
  }
  return wire::Done{};
}

void WritablePages::restore() {
  for (const Region& region : opened_)
    give_rights_back(region);
  opened_.clear();
}

}  // namespace hr::runtime
