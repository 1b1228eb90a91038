#include "analysis/entries.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace hrwatch::analysis {
namespace {

constexpr Address before_entry = 6;
constexpr std::array<unsigned char, 4> endbr64 = {0xF3, 0x0F, 0x1E, 0xFA};
constexpr std::array<unsigned char, 2> two_nops = {0x90, 0x90}, one_nop = {0x66, 0x90};
constexpr std::array<unsigned char, 6> six_nops = {0x90, 0x90, 0x90, 0x90, 0x90, 0x90};

template <std::size_t size>
bool equal(std::span<const std::byte> bytes, const std::array<unsigned char, size>& pattern) {
  return bytes.size() >= size && std::memcmp(bytes.data(), pattern.data(), size) == 0;
}

Address nop_of(Address entry, const ElfImage& image) {
  return equal(image.bytes_at(entry, endbr64.size()), endbr64) ? entry + endbr64.size() : entry;
}

}  // namespace

Entries::Entries(const ElfImage& image) : image_(image) {
  const Section* section = image.find_section("__patchable_function_entries");
  if (!section)
    return;
  // The words are filled by relocations; a word of a discarded function is relocated to 0.
  for (const Relocation& relocation : image.relocations())
    if (section->contains(relocation.at) && relocation.type == R_X86_64_RELATIVE &&
        relocation.addend != 0)
      listed_.push_back(static_cast<Address>(relocation.addend));
  std::sort(listed_.begin(), listed_.end());
}

bool Entries::misplaced(Address entry) const {
  return entry >= before_entry && nop(entry) == 0 &&
         equal(image_.bytes_at(nop_of(entry, image_), two_nops.size()), two_nops) &&
         equal(image_.bytes_at(entry - before_entry, before_entry), six_nops);
}

Address Entries::nop(Address entry) const {
  const Address nop = nop_of(entry, image_);
  const auto bytes = image_.bytes_at(nop, two_nops.size());
  // One aligned store has to replace the NOP.
  if (entry < before_entry || nop % 2 != 0 || !(equal(bytes, two_nops) || equal(bytes, one_nop)))
    return 0;
  if (std::binary_search(listed_.begin(), listed_.end(), entry - before_entry))
    return nop;
  // g++ 12 lists all functions of a unit in one section that goes with the first of them: when that
  // one is discarded (an inline function that another unit has too), bfd drops the whole list and
  // lld refuses it (hot_entries.ld). The code itself shows the area: nothing else starts with two
  // NOPs and has six before it, which start where -falign-functions=16 puts a function.
  const bool visible = (entry - before_entry) % 16 == 0 && equal(bytes, two_nops) &&
                       equal(image_.bytes_at(entry - before_entry, before_entry), six_nops);
  return visible ? nop : 0;
}

}  // namespace hrwatch::analysis
