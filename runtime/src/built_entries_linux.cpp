#include "src/entries.h"

namespace hr::runtime {

BuiltEntries built_entries(const LoadedImage& image, const void* const* begin,
                           const void* const* end) {
  if (begin == nullptr || begin == end)
    return {};
  return {true, split_nops(image, begin, end)};
}

}  // namespace hr::runtime
