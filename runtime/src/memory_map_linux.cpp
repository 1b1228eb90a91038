#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "src/memory_map.h"

namespace hr::runtime {
namespace {

// One line of /proc/self/maps (proc(5)): "begin-end rwxp offset device inode path".
bool parse_line(std::string_view line, Region& region) {
  const char* const end = line.data() + line.size();
  const auto begin_number = std::from_chars(line.data(), end, region.begin, 16);
  if (begin_number.ptr == end || *begin_number.ptr != '-')
    return false;
  const auto end_number = std::from_chars(begin_number.ptr + 1, end, region.end, 16);
  const char* rights = end_number.ptr + 1;
  if (end - end_number.ptr < 4)
    return false;
  region.readable = rights[0] == 'r';
  region.writable = rights[1] == 'w';
  region.executable = rights[2] == 'x';
  return true;
}

bool read_all(const char* path, std::string& text) {
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return false;
  for (;;) {
    const std::size_t before = text.size();
    text.resize(before + 65536);
    const ssize_t got = ::read(descriptor, text.data() + before, 65536);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
  }
  ::close(descriptor);
  return !text.empty();
}

int rights_of(const Region& region) {
  return (region.readable ? PROT_READ : 0) | (region.writable ? PROT_WRITE : 0) |
         (region.executable ? PROT_EXEC : 0);
}

bool set_rights(const Region& region, int rights) {
  return ::mprotect(reinterpret_cast<void*>(region.begin), region.end - region.begin, rights) == 0;
}

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

wire::Result<MemoryMap> MemoryMap::read() {
  std::string text;
  if (!read_all("/proc/self/maps", text))
    return wire::Failure{"cannot see the program's memory map", "/proc/self/maps can't be read",
                         "mount /proc where the program runs"};
  MemoryMap map;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t line_end = std::min(rest.find('\n'), rest.size());
    Region region;
    if (parse_line(rest.substr(0, line_end), region))
      map.regions_.push_back(region);
    rest.remove_prefix(std::min(line_end + 1, rest.size()));
  }
  return map;
}

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
      if (part.writable) {
        touch_pages(part.begin, part.end);
        continue;
      }
      if (!set_rights(part, rights_of(part) | PROT_WRITE)) {
        const std::string why = std::generic_category().message(errno);
        restore();
        return wire::Failure{"the system does not let the program's code be rewritten",
                             "mprotect: " + why,
                             "allow writable code for this program (SELinux: execmod; systemd: "
                             "MemoryDenyWriteExecute=no), or restart it after each build"};
      }
      opened_.push_back(part);
      touch_pages(part.begin, part.end);
    }
  }
  return wire::Done{};
}

void WritablePages::restore() {
  for (const Region& region : opened_)
    set_rights(region, rights_of(region));
  opened_.clear();
}

}  // namespace hr::runtime
