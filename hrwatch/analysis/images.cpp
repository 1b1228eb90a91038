#include "analysis/images.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace hrwatch::analysis {
namespace {

bool all_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

// 0 is taken: it means all zero.
std::uint64_t not_zero(std::uint64_t hash) {
  return hash ? hash : 1;
}

}  // namespace

Images::Images(const ElfImage& image, const Symbols& symbols)
    : image_(image), names_(image, symbols) {
  for (const Section& section : image.sections())
    if ((section.flags & SHF_TLS) && section.type != SHT_NOBITS)
      tls_image_ = &section;
}

std::uint64_t Images::hash(std::span<const std::byte> bytes, Address address, std::uint64_t size,
                           bool with_sizes) const {
  if (bytes.empty())
    return 0;
  const auto relocations = names_.relocations_in(address, size);
  if (relocations.empty())
    return all_zero(bytes) ? 0 : not_zero(XXH3_64bits(bytes.data(), bytes.size()));
  std::vector<std::byte> image(bytes.begin(), bytes.end());
  std::uint64_t hash = 0;
  for (const Relocation& relocation : relocations) {
    const std::uint64_t at = relocation.at - address;
    std::memset(&image[at], 0, std::min<std::uint64_t>(sizeof(Address), size - at));
    const Named what = names_.of(relocation);
    const std::uint64_t where[] = {at, what.offset, with_sizes ? what.size : 0, hash};
    hash =
        XXH3_64bits_withSeed(what.name.data(), what.name.size(), XXH3_64bits(where, sizeof where));
  }
  return not_zero(XXH3_64bits_withSeed(image.data(), image.size(), hash));
}

std::uint64_t Images::hash(const Symbol& object) const {
  if (object.zero)
    return 0;
  return hash(image_.bytes_at(object.address, object.size), object.address, object.size);
}

std::uint64_t Images::hash_constant(const Symbol& object) const {
  return object.zero ? 0
                     : hash(image_.bytes_at(object.address, object.size), object.address,
                            object.size, true);
}

std::uint64_t Images::hash_thread_local(const Symbol& object) const {
  if (!tls_image_ || object.address >= tls_image_->bytes.size() ||
      tls_image_->bytes.size() - object.address < object.size)
    return 0;
  return hash(tls_image_->bytes.subspan(object.address, object.size),
              tls_image_->address + object.address, object.size);
}

std::vector<std::string> Images::slots(const Symbol& table) const {
  std::vector<std::string> slots(image_.bytes_at(table.address, table.size).size() /
                                 sizeof(Address));
  for (const Relocation& relocation : names_.relocations_in(table.address, table.size)) {
    const std::uint64_t slot = (relocation.at - table.address) / sizeof(Address);
    if (slot < slots.size())
      slots[slot] = names_.of(relocation).name;
  }
  return slots;
}

}  // namespace hrwatch::analysis
