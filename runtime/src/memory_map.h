// What is mapped in this process and with which rights, and changing those rights for a while.
// Knows no library and no reload.
#pragma once

#include <cstdint>

#include "src/own_memory.h"
#include "src/raw_memory.h"
#include "wire/result.h"

namespace hr::runtime {

inline constexpr std::size_t page_size = 4096;  // x86-64

inline constexpr Pointer page_begin(Pointer address) {
  return address & ~(page_size - 1);
}

inline constexpr Pointer page_end(Pointer address) {
  return page_begin(address + page_size - 1);
}

// A run of pages with the same rights.
struct Region {
  Pointer begin = 0;
  Pointer end = 0;
  bool readable = false;
  bool writable = false;
  bool executable = false;
};

// A picture of the address space, taken once: other threads may change it meanwhile.
class MemoryMap {
 public:
  // Errors: /proc is not mounted. Cost: tens of microseconds and up.
  static wire::Result<MemoryMap> read();

  const OwnVector<Region>& all() const { return regions_; }

  // True when every byte of [address, address + size) is readable.
  bool readable(Pointer address, std::uint64_t size) const;
  // The regions that hold [begin, end), cut to it; empty when a byte of it is not mapped.
  OwnVector<Region> regions(Pointer begin, Pointer end) const;

 private:
  OwnVector<Region> regions_;  // by address
};

// Pages made writable (what was executable stays so) until `restore()`.
class WritablePages {
 public:
  WritablePages() = default;
  WritablePages(WritablePages&& other) noexcept;
  WritablePages& operator=(WritablePages&& other) noexcept;

  ~WritablePages() { restore(); }

  // Remembers that [address, address + size) will be written; changes nothing yet.
  void want(Pointer address, std::uint64_t size);
  // Makes all wanted pages writable, or none: Failure when one is not mapped or the system forbids
  // it.
  wire::Result<wire::Done> open(const MemoryMap& map);
  // Gives every page the rights back that it had.
  void restore();

  // Forgets them instead: they are not mapped any more, or belong to something else by now.
  void forget() { opened_.clear(); }

 private:
  OwnVector<Region> wanted_;
  OwnVector<Region> opened_;  // with their former rights
};

}  // namespace hr::runtime
