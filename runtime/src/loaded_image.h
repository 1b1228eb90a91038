// A library as the dynamic linker has mapped it: where it is, which parts may hold code, which
// build it is. Knows no module and no generation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "src/own_memory.h"
#include "src/raw_memory.h"
#include "wire/rewiring.h"

namespace hr::runtime {

struct LoadedSegment {
  Pointer begin = 0;
  Pointer end = 0;
  bool writable = false;
  bool executable = false;
};

struct LoadedImage {
  Pointer bias = 0;  // add to a link-time address
  Pointer begin = 0;
  Pointer end = 0;
  std::string path;                       // as the dynamic linker knows it
  std::string build_id;                   // lower-case hex, "" if it has none
  std::optional<std::size_t> tls_module;  // number of its block of thread_local variables, if any
  Pointer tls_word = 0;                   // where the loader has put that number, as far as it says
  Pointer dynamic = 0;                    // the dynamic section
  OwnVector<LoadedSegment> segments;

  Pointer at(wire::Address address) const { return bias + address; }

  // True when [address, address + size), a link-time range, lies in one segment.
  bool holds(wire::Address address, std::uint64_t size) const;
  bool holds_code(wire::Address address, std::uint64_t size) const;
};

// Size of a word in which code finds the number of a block of thread_local variables: a DTPMOD64
// word of the GOT (ELF), _tls_index (PE).
extern const std::size_t tls_word_bytes;

// The library that `inside` points into. Thread: any, also inside a library's constructor.
std::optional<LoadedImage> find_image(const void* inside);

}  // namespace hr::runtime
