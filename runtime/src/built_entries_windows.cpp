#include "src/entries.h"

namespace hr::runtime {
namespace {

constexpr std::uint64_t six_bytes = 0x0000'FFFF'FFFF'FFFF;
constexpr std::uint64_t one_byte_nops = 0x0000'9090'9090'9090;
constexpr std::uint64_t long_nop = 0x0000'0000'441f'0f66;  // nopw 0(%rax,%rax)
constexpr std::uint16_t one_nop = 0x9066;
constexpr std::uint16_t two_nops = 0x9090;
constexpr Pointer alignment = 16;  // of areas (-falign-functions=16)
constexpr Pointer area_size = 8;

void look_through(const LoadedSegment& segment, BuiltEntries& entries) {
  Pointer area = (segment.begin + alignment - 1) / alignment * alignment;
  for (; area + area_size <= segment.end; area += alignment) {
    const std::uint64_t before = load_word(area) & six_bytes;
    if (before != one_byte_nops && before != long_nop)
      continue;
    const auto nop = raw_load<std::uint16_t>(area + 6);
    if (nop == two_nops)
      entries.split.push_back(area + 6);
    entries.any = entries.any || nop == two_nops || nop == one_nop;
  }
}

}  // namespace

// COFF has no section for the list: the areas are found in the code. A run of padding that looks
// like one is no harm: which of them are entries the tool says.
BuiltEntries built_entries(const LoadedImage& image, const void* const*, const void* const*) {
  BuiltEntries entries;
  for (const LoadedSegment& segment : image.segments) {
    if (segment.executable)
      look_through(segment, entries);
  }
  return entries;
}

}  // namespace hr::runtime
