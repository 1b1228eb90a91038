// Where a library's code asks for memory from the heap, and how much: what tells whether objects of
// a class can outlive the frames that hold them. Knows no types.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/elf_image.h"
#include "analysis/symbols.h"

namespace hrwatch::analysis {

struct Allocation {
  Address function = 0;    // whose code calls operator new, malloc() or a relative of theirs
  std::uint64_t size = 0;  // bytes, where the code says so outright; 0 = it computes them
};

// In the order of the code. Cost: a pass over all code, decoding the functions that do.
std::vector<Allocation> find_allocations(const ElfImage& image, const Symbols& symbols);

}  // namespace hrwatch::analysis
