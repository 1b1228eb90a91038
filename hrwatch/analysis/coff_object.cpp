#include "analysis/coff_object.h"

#include <algorithm>
#include <string>

#include "analysis/byte_view.h"

namespace hrwatch::analysis {
namespace {

using hr::wire::Failure;

constexpr std::uint16_t machine_x86_64 = 0x8664;
constexpr std::uint64_t section_header_size = 40;
constexpr std::uint64_t relocation_size = 10;
constexpr std::uint32_t more_relocations = 0x01000000;  // IMAGE_SCN_LNK_NRELOC_OVFL
constexpr std::uint8_t class_section_number = 104;

Failure unreadable(std::string why) {
  return {"an object file can't be read", std::move(why), "build it again"};
}

// The file header, of which there are two (the second, "bigobj", is described in winnt.h,
// ANON_OBJECT_HEADER_BIGOBJ).
struct Header {
  std::uint32_t sections = 0;
  std::uint32_t time_stamp = 0;
  std::uint64_t sections_at = 0;
  std::uint64_t symbols_at = 0;
  std::uint64_t symbols = 0;
  std::uint64_t symbol_size = 18;
};

Header read_header(const ByteView& file) {
  Header header;
  const bool big = file.number<std::uint16_t>(0) == 0 && file.number<std::uint16_t>(2) == 0xFFFF &&
                   file.number<std::uint16_t>(4) >= 2;
  if (big) {
    if (file.number<std::uint16_t>(6) != machine_x86_64)
      return {};
    header = {file.number<std::uint32_t>(44), file.number<std::uint32_t>(8),  56,
              file.number<std::uint32_t>(48), file.number<std::uint32_t>(52), 20};
  } else if (file.number<std::uint16_t>(0) == machine_x86_64) {
    header = {file.number<std::uint16_t>(2),
              file.number<std::uint32_t>(4),
              20 + std::uint64_t{file.number<std::uint16_t>(16)},
              file.number<std::uint32_t>(8),
              file.number<std::uint32_t>(12),
              18};
  }
  return header;
}

// "/123" is an offset into the string table, "//abc" the same in base 64.
std::uint64_t name_offset(std::string_view name) {
  std::uint64_t offset = 0;
  const bool base_64 = name.starts_with("//");
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (const char c : name.substr(base_64 ? 2 : 1)) {
    const std::size_t digit =
        base_64 ? digits.find(c) : static_cast<std::size_t>(static_cast<unsigned char>(c) - '0');
    if (digit >= (base_64 ? 64U : 10U))
      return 0;
    offset = offset * (base_64 ? 64 : 10) + digit;
  }
  return offset;
}

class ObjectReader {
 public:
  explicit ObjectReader(std::span<const std::byte> file)
      : file_(file), header_(read_header(file_)) {}

  hr::wire::Result<CoffObject> read() {
    strings_ = header_.symbols_at + header_.symbols * header_.symbol_size;
    if (header_.sections == 0 ||
        !file_.holds(header_.sections_at, header_.sections * section_header_size) ||
        !file_.holds(header_.symbols_at, header_.symbols * header_.symbol_size))
      return unreadable("it is no COFF file for x86-64, or cut off");
    CoffObject object;
    object.time_stamp = header_.time_stamp;
    for (std::uint32_t i = 0; i < header_.sections; ++i)
      if (!read_section(header_.sections_at + i * section_header_size, object))
        return unreadable("a section of it is cut off");
    read_symbols(object);
    return object;
  }

 private:
  bool read_section(std::uint64_t at, CoffObject& object) const {
    CoffSection section;
    section.name = file_.padded_text(at, 8);
    if (section.name.starts_with("/"))
      section.name = file_.text(strings_ + name_offset(section.name));
    section.size = file_.number<std::uint32_t>(at + 16);
    section.flags = file_.number<std::uint32_t>(at + 36);
    if (!section.is_zero() && section.size != 0) {
      section.bytes = file_.part(file_.number<std::uint32_t>(at + 20), section.size);
      if (section.bytes.empty())
        return false;
    }
    std::uint64_t relocations = file_.number<std::uint32_t>(at + 24);
    std::uint64_t count = file_.number<std::uint16_t>(at + 32);
    if (count == 0xFFFF && (section.flags & more_relocations) != 0) {
      count = file_.number<std::uint32_t>(relocations);
      count -= count > 0 ? 1 : 0;
      relocations += relocation_size;
    }
    if (!file_.holds(relocations, count * relocation_size))
      return false;
    section.relocations.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i, relocations += relocation_size)
      section.relocations.push_back(
          {file_.number<std::uint32_t>(relocations),
           static_cast<CoffRelocationKind>(file_.number<std::uint16_t>(relocations + 8)),
           file_.number<std::uint32_t>(relocations + 4)});
    object.sections.push_back(std::move(section));
    return true;
  }

  void read_symbols(CoffObject& object) const {
    const bool big = header_.symbol_size == 20;
    object.symbols.resize(header_.symbols);
    for (std::uint64_t i = 0; i < header_.symbols; ++i) {
      const std::uint64_t at = header_.symbols_at + i * header_.symbol_size;
      CoffSymbol& symbol = object.symbols[i];
      symbol.name = file_.number<std::uint32_t>(at) == 0
                        ? file_.text(strings_ + file_.number<std::uint32_t>(at + 4))
                        : file_.padded_text(at, 8);
      symbol.value = file_.number<std::uint32_t>(at + 8);
      symbol.section =
          big ? file_.number<std::int32_t>(at + 12) : file_.number<std::int16_t>(at + 12);
      const std::uint64_t rest = at + (big ? 16 : 14);
      symbol.type = file_.number<std::uint16_t>(rest);
      symbol.storage = file_.number<std::uint8_t>(rest + 2);
      const auto auxiliary = file_.number<std::uint8_t>(rest + 3);
      if (auxiliary > 0 && symbol.is_local() && symbol.is_defined() &&
          static_cast<std::size_t>(symbol.section) <= object.sections.size()) {
        CoffSection& section = object.sections[static_cast<std::size_t>(symbol.section) - 1];
        if (symbol.name == section.name)  // its definition
          section.selection = file_.number<std::uint8_t>(at + header_.symbol_size + 14);
      }
      i += auxiliary;
      if (symbol.storage == class_section_number)
        symbol.section = 0;
    }
  }

  ByteView file_;
  Header header_;
  std::uint64_t strings_ = 0;
};

}  // namespace

hr::wire::Result<CoffObject> read_coff_object(std::span<const std::byte> file) {
  return ObjectReader(file).read();
}

std::int64_t coff_addend(const CoffSection& section, const CoffRelocation& relocation) {
  const ByteView bytes(section.bytes);
  return relocation.kind == CoffRelocationKind::address_64
             ? bytes.number<std::int64_t>(relocation.at)
             : bytes.number<std::int32_t>(relocation.at);
}

}  // namespace hrwatch::analysis
