// Where a library's code asks for memory from the heap, and how much: what tells whether objects of
// a class can outlive the frames that hold them. Knows no types.
#pragma once

#include <vector>

#include "analysis/elf_image.h"
#include "analysis/symbols.h"
#include "analysis/type_uses.h"

namespace hrwatch::analysis {

// In the order of the code. Cost: a pass over all code, decoding the functions that do.
std::vector<Allocation> find_allocations(const ElfImage& image, const Symbols& symbols);

}  // namespace hrwatch::analysis
