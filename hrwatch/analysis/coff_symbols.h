// The symbols of a library as its object files have them, by what they are to a reload, and what
// their debug info says of each: the same lists that ELF and DWARF give elsewhere. Knows no code.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/debug_info.h"
#include "analysis/linked_image.h"
#include "analysis/symbols.h"

namespace hrwatch::analysis {

struct CoffSymbols {
  Symbols symbols;
  DebugInfo debug;

  // Where a symbol stands in `symbols`, for those of an object: by unit and index there.
  struct Origin {
    std::uint32_t unit = 0;
    std::uint32_t symbol = 0;
  };

  // One each of symbols.functions, variables, thread_locals, constants.
  std::vector<Origin> functions, variables, thread_locals, constants;
};

// Its texts look into `image`, which must outlive it.
CoffSymbols read_coff_symbols(const LinkedImage& image);

}  // namespace hrwatch::analysis
