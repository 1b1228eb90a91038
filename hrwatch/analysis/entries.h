// Patchable function entries (scheme "8,6"): six bytes before an entry and a 2-byte NOP at it.
#pragma once

#include <cstddef>
#include <vector>

#include "analysis/description.h"
#include "analysis/elf_image.h"
#include "analysis/symbols.h"

namespace hrwatch::analysis {

struct Entries {
  // One each of the functions: its 2-byte NOP; 0 when it has no area of scheme 8,6.
  std::vector<Address> nops;
  std::size_t usable = 0;  // functions that have one
  // Functions that have the area, but where no single store can replace the NOP.
  std::size_t misplaced = 0;
};

// Cost: a look at the bytes of every entry.
Entries find_entries(const ElfImage& image, const std::vector<Symbol>& functions);

}  // namespace hrwatch::analysis
