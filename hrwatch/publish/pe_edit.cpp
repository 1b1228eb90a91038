#include "publish/pe_edit.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace hrwatch::publish {
namespace {

using hr::wire::Done;
using hr::wire::Failure;
using hr::wire::Result;

// PE/COFF specification, sections 2 to 4 and 6.6.
constexpr std::uint16_t machine_x86_64 = 0x8664;
constexpr std::uint16_t magic_pe32_plus = 0x20b;
constexpr std::uint16_t relocations_stripped = 0x0001;  // IMAGE_FILE_RELOCS_STRIPPED
constexpr std::uint16_t high_entropy = 0x0020;          // IMAGE_DLLCHARACTERISTICS_...
constexpr std::uint16_t dynamic_base = 0x0040;
constexpr std::uint64_t coff_header_size = 20;
constexpr std::uint64_t section_header_size = 40;
constexpr std::uint64_t base_at = 24;  // in the optional header, as the next two
constexpr std::uint64_t image_size_at = 56;
constexpr std::uint64_t characteristics_at = 70;
constexpr std::uint64_t directory_count_at = 108;
constexpr std::uint64_t relocation_directory_at = 112 + 5 * 8;
constexpr std::uint64_t block_header_size = 8;
constexpr unsigned relocation_padding = 0;  // IMAGE_REL_BASED_ABSOLUTE
constexpr unsigned relocation_word = 10;    // IMAGE_REL_BASED_DIR64
constexpr std::uint64_t base_unit = 0x10000;

Failure unfit(const std::string& why) {
  return {"the library can't be made for its place", why,
          "build it again, with the linker's usual options"};
}

struct Section {
  std::uint64_t address = 0;
  std::uint64_t size = 0;  // in the file
  std::uint64_t offset = 0;
};

class Image {
 public:
  explicit Image(std::span<std::byte> file) : file_(file) {}

  bool holds(std::uint64_t at, std::uint64_t size) const {
    return at <= file_.size() && size <= file_.size() - at;
  }

  // Only where the file holds it.
  template <class Number>
  Number get(std::uint64_t at) const {
    Number value = 0;
    std::memcpy(&value, file_.data() + at, sizeof value);  // little endian, as x86-64 is
    return value;
  }

  template <class Number>
  void put(std::uint64_t at, Number value) {
    std::memcpy(file_.data() + at, &value, sizeof value);
  }

  Result<Done> read_headers();

  // Where the `size` bytes at an address of the image are in the file.
  std::optional<std::uint64_t> offset_of(std::uint64_t address, std::uint64_t size) const {
    for (const Section& section : sections_) {
      if (address >= section.address && address - section.address <= section.size &&
          size <= section.size - (address - section.address)) {
        return section.offset + (address - section.address);
      }
    }
    return std::nullopt;
  }

  std::uint64_t coff = 0;
  std::uint64_t optional = 0;

 private:
  std::span<std::byte> file_;
  std::vector<Section> sections_;
};

Result<Done> Image::read_headers() {
  if (!holds(0, 64) || get<std::uint16_t>(0) != 0x5a4d) {
    return unfit("it is no PE file");
  }
  const std::uint64_t signature = get<std::uint32_t>(0x3c);
  coff = signature + 4;
  optional = coff + coff_header_size;
  if (!holds(signature, relocation_directory_at + 8 + 4 + coff_header_size)) {
    return unfit("it is cut off");
  }
  if (get<std::uint32_t>(signature) != 0x4550) {
    return unfit("it is no PE file");
  }
  if (get<std::uint16_t>(coff) != machine_x86_64 ||
      get<std::uint16_t>(optional) != magic_pe32_plus) {
    return unfit("it is not made for x86-64");
  }
  const std::uint64_t table = optional + get<std::uint16_t>(coff + 16);
  const std::uint64_t count = get<std::uint16_t>(coff + 2);
  if (!holds(table, count * section_header_size)) {
    return unfit("it is cut off");
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t header = table + i * section_header_size;
    const Section section{get<std::uint32_t>(header + 12), get<std::uint32_t>(header + 16),
                          get<std::uint32_t>(header + 20)};
    if (!holds(section.offset, section.size)) {
      return unfit("it is cut off");
    }
    sections_.push_back(section);
  }
  return Done{};
}

// One block: the words of a page of 4 KB.
Result<Done> move_block(Image& image, std::uint64_t block, std::uint64_t size,
                        std::uint64_t distance) {
  const std::uint64_t page = image.get<std::uint32_t>(block);
  for (std::uint64_t at = block + block_header_size; at + 2 <= block + size; at += 2) {
    const auto entry = image.get<std::uint16_t>(at);
    const unsigned kind = entry >> 12U;
    if (kind == relocation_padding) {
      continue;
    }
    if (kind != relocation_word) {
      return unfit("it has relocations of a kind that x86-64 does not have");
    }
    const auto word = image.offset_of(page + (entry & 0xfffU), 8);
    if (!word) {
      return unfit("a relocation of it leads outside of the file");
    }
    image.put<std::uint64_t>(*word, image.get<std::uint64_t>(*word) + distance);
  }
  return Done{};
}

Result<Done> move_words(Image& image, std::uint64_t distance) {
  const std::uint64_t address = image.get<std::uint32_t>(image.optional + relocation_directory_at);
  const std::uint64_t size = image.get<std::uint32_t>(image.optional + relocation_directory_at + 4);
  if (size == 0) {
    return Done{};  // code that has no addresses in it
  }
  const auto table = image.offset_of(address, size);
  if (!table) {
    return unfit("its table of relocations leads outside of the file");
  }
  for (std::uint64_t block = *table; block < *table + size;) {
    const std::uint64_t rest = *table + size - block;
    const std::uint64_t block_size =
        rest >= block_header_size ? image.get<std::uint32_t>(block + 4) : 0;
    if (block_size < block_header_size || block_size > rest) {
      return unfit("its table of relocations is damaged");
    }
    if (auto moved = move_block(image, block, block_size, distance); !moved) {
      return moved;
    }
    block += block_size;
  }
  return Done{};
}

}  // namespace

Result<Done> rebase(std::span<std::byte> file, std::uint64_t base) {
  Image image(file);
  if (auto read = image.read_headers(); !read) {
    return read;
  }
  if (base == 0 || base % base_unit != 0) {
    return unfit("its place is no multiple of 64 KB");
  }
  constexpr std::uint32_t directories = 6;
  if ((image.get<std::uint16_t>(image.coff + 18) & relocations_stripped) != 0 ||
      image.get<std::uint32_t>(image.optional + directory_count_at) < directories) {
    return unfit("it was linked for one address, without relocations");
  }
  const std::uint64_t distance = base - image.get<std::uint64_t>(image.optional + base_at);
  if (auto moved = move_words(image, distance); !moved) {
    return moved;
  }
  image.put<std::uint64_t>(image.optional + base_at, base);
  const auto flags = image.get<std::uint16_t>(image.optional + characteristics_at);
  image.put<std::uint16_t>(image.optional + characteristics_at,
                           static_cast<std::uint16_t>(flags & ~(dynamic_base | high_entropy)));
  return Done{};
}

Result<Done> redirect_words(std::span<std::byte> file, const std::vector<std::uint64_t>& words,
                            std::uint64_t function) {
  Image image(file);
  if (auto read = image.read_headers(); !read) {
    return read;
  }
  const auto base = image.get<std::uint64_t>(image.optional + base_at);
  const std::uint64_t size = image.get<std::uint32_t>(image.optional + image_size_at);
  for (const std::uint64_t word : words) {
    const auto at = image.offset_of(word, sizeof base);
    if (!at || image.get<std::uint64_t>(*at) - base >= size) {
      return unfit("its list of static initialisers is not where its .pdb has it");
    }
    image.put<std::uint64_t>(*at, base + function);
  }
  return Done{};
}

}  // namespace hrwatch::publish
