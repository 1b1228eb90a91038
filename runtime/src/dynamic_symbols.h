// The dynamic symbols of a mapped library, read where the dynamic linker has them (ELF gABI chapter
// 5; the GNU hash section). Knows no file.
#pragma once

#include <functional>
#include <string>

#include "src/loaded_image.h"

namespace hr::runtime {

struct DynamicSymbol {
  const char* name = "";
  Pointer address = 0;  // of what it defines
  std::uint64_t size = 0;
  unsigned type = 0;     // STT_*
  unsigned binding = 0;  // STB_*
  bool defined = false;
};

// Calls `visit` for each until it returns false.
void each_dynamic_symbol(const LoadedImage& image,
                         const std::function<bool(const DynamicSymbol&)>& visit);

// DT_FLAGS_1 of the library, 0 when it has none.
std::uint64_t dynamic_flags(const LoadedImage& image);

}  // namespace hr::runtime
