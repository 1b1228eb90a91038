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

// The starts of the areas that the compiler lists, sorted.
std::vector<Address> listed_areas(const ElfImage& image) {
  std::vector<Address> areas;
  const Section* section = image.find_section("__patchable_function_entries");
  if (!section)
    return areas;
  // The words are filled by relocations; a word of a discarded function is relocated to 0.
  for (const Relocation& relocation : image.relocations())
    if (section->contains(relocation.at) && relocation.type == R_X86_64_RELATIVE &&
        relocation.addend != 0)
      areas.push_back(static_cast<Address>(relocation.addend));
  std::sort(areas.begin(), areas.end());
  return areas;
}

class Reader {
 public:
  explicit Reader(const ElfImage& image) : image_(image), listed_(listed_areas(image)) {}

  void read(Address entry, Entries& entries) {
    if (const Address nop = usable_nop(entry)) {
      entries.nops.push_back(nop);
      ++entries.usable;
      return;
    }
    entries.nops.push_back(0);
    const bool has_area = entry >= before_entry && equal(bytes(nop_of(entry), 2), two_nops) &&
                          equal(bytes(entry - before_entry, before_entry), six_nops);
    entries.misplaced += has_area ? 1 : 0;
  }

 private:
  const ElfImage& image_;
  std::vector<Address> listed_;
  const Section* section_ = nullptr;  // of the last question: most functions stand in one

  std::span<const std::byte> bytes(Address where, std::uint64_t size) {
    if (section_ == nullptr || !section_->contains(where))
      section_ = image_.section_at(where);
    if (section_ == nullptr || section_->bytes.empty() ||
        section_->size - (where - section_->address) < size)
      return {};
    return section_->bytes.subspan(where - section_->address, size);
  }

  Address nop_of(Address entry) {
    return equal(bytes(entry, endbr64.size()), endbr64) ? entry + endbr64.size() : entry;
  }

  Address usable_nop(Address entry) {
    const Address nop = nop_of(entry);
    const auto at_nop = bytes(nop, two_nops.size());
    // One aligned store has to replace the NOP.
    if (entry < before_entry || nop % 2 != 0 ||
        !(equal(at_nop, two_nops) || equal(at_nop, one_nop)))
      return 0;
    if (std::binary_search(listed_.begin(), listed_.end(), entry - before_entry))
      return nop;
    // g++ 12 lists all functions of a unit in one section that goes with the first of them: when
    // that one is discarded (an inline function that another unit has too), bfd drops the whole
    // list and lld refuses it (hot_entries.ld). The code itself shows the area: nothing else starts
    // with two NOPs and has six before it, which start where -falign-functions=16 puts a function.
    const bool visible = (entry - before_entry) % 16 == 0 && equal(at_nop, two_nops) &&
                         equal(bytes(entry - before_entry, before_entry), six_nops);
    return visible ? nop : 0;
  }
};

}  // namespace

Entries find_entries(const ElfImage& image, const std::vector<Symbol>& functions) {
  Entries entries;
  entries.nops.reserve(functions.size());
  Reader reader(image);
  for (const Symbol& function : functions)
    reader.read(function.address, entries);
  return entries;
}

}  // namespace hrwatch::analysis
