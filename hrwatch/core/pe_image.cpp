#include "core/pe_image.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace hrwatch::core {
namespace {

using hr::wire::Failure;
using hr::wire::Result;

// PE/COFF specification, sections 2 to 4 and 6.
constexpr std::uint16_t machine_x86_64 = 0x8664;
constexpr std::uint16_t magic_pe32_plus = 0x20b;
constexpr std::uint32_t section_is_code = 0x20000000;  // IMAGE_SCN_MEM_EXECUTE
constexpr std::uint32_t debug_type_codeview = 2;
constexpr std::size_t coff_header_size = 20;
constexpr std::size_t optional_header_size = 112;  // up to the data directories
constexpr std::size_t section_header_size = 40;
constexpr std::size_t debug_entry_size = 28;
constexpr std::size_t record_header_size = 24;  // "RSDS", GUID, age
constexpr std::uint32_t most_exports = 1U << 20U;

Failure no_library(const std::string& why) {
  return {"the library can't be read", why, "build it again"};
}

// Reads numbers at offsets; out of the file they read as zero and set `short_`.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> file) : file_(file) {}

  template <class Number>
  Number number(std::uint64_t at) {
    Number value = 0;
    if (at > file_.size() || file_.size() - at < sizeof value) {
      cut_off_ = true;
      return 0;
    }
    std::memcpy(&value, file_.data() + at, sizeof value);  // little endian, as x86-64 is
    return value;
  }

  // A zero-terminated text; what is not terminated counts as cut off.
  std::string text(std::uint64_t at, std::uint64_t limit) {
    std::string result;
    for (std::uint64_t i = 0; i < limit; ++i) {
      const char letter = number<char>(at + i);
      if (letter == '\0') {
        return result;
      }
      result += letter;
    }
    cut_off_ = true;
    return result;
  }

  bool cut_off() const { return cut_off_; }

 private:
  std::span<const std::byte> file_;
  bool cut_off_ = false;
};

// Nothing: no section's file bytes hold the address.
std::optional<std::uint64_t> offset_of(const PeImage& image, std::uint32_t address) {
  for (const PeSection& section : image.sections) {
    if (address >= section.address && address - section.address < section.file_size) {
      return std::uint64_t{section.offset} + (address - section.address);
    }
  }
  return std::nullopt;
}

const PeSection* section_at(const PeImage& image, std::uint32_t address) {
  for (const PeSection& section : image.sections) {
    if (address >= section.address &&
        address - section.address < std::max(section.memory_size, section.file_size)) {
      return &section;
    }
  }
  return nullptr;
}

std::string hex(std::uint64_t number, int digits) {
  constexpr std::string_view figures = "0123456789ABCDEF";
  std::string text(static_cast<std::size_t>(digits), '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, number >>= 4U) {
    *digit = figures[number & 15U];
  }
  return text;
}

void read_sections(Reader& file, std::uint64_t table, std::uint32_t count, PeImage& image) {
  for (std::uint32_t i = 0; i < count && !file.cut_off(); ++i) {
    const std::uint64_t header = table + std::uint64_t{i} * section_header_size;
    PeSection section;
    for (std::uint64_t letter = 0; letter < 8; ++letter) {
      if (const char c = file.number<char>(header + letter); c != '\0') {
        section.name += c;
      }
    }
    section.memory_size = file.number<std::uint32_t>(header + 8);
    section.address = file.number<std::uint32_t>(header + 12);
    section.file_size = file.number<std::uint32_t>(header + 16);
    section.offset = file.number<std::uint32_t>(header + 20);
    section.flags = file.number<std::uint32_t>(header + 36);
    image.sections.push_back(std::move(section));
  }
}

bool read_exports(Reader& file, std::uint32_t directory, std::uint32_t size, PeImage& image) {
  const auto table = offset_of(image, directory);
  if (!table) {
    return false;
  }
  const auto functions = file.number<std::uint32_t>(*table + 20);
  const auto names = file.number<std::uint32_t>(*table + 24);
  const auto addresses_at = offset_of(image, file.number<std::uint32_t>(*table + 28));
  const auto names_at = offset_of(image, file.number<std::uint32_t>(*table + 32));
  const auto ordinals_at = offset_of(image, file.number<std::uint32_t>(*table + 36));
  if (names == 0) {
    return true;
  }
  if (!addresses_at || !names_at || !ordinals_at || names > most_exports) {
    return false;
  }
  for (std::uint64_t i = 0; i < names && !file.cut_off(); ++i) {
    const auto name_at = offset_of(image, file.number<std::uint32_t>(*names_at + i * 4));
    const auto ordinal = file.number<std::uint16_t>(*ordinals_at + i * 2);
    if (!name_at || ordinal >= functions) {
      return false;
    }
    PeExport one;
    one.name = file.text(*name_at, 65536);
    one.address = file.number<std::uint32_t>(*addresses_at + std::uint64_t{ordinal} * 4);
    if (one.address >= directory && one.address - directory < size) {
      continue;  // a forwarder: the text of another library's name
    }
    const PeSection* section = section_at(image, one.address);
    one.code = section != nullptr && (section->flags & section_is_code) != 0;
    image.exports.push_back(std::move(one));
  }
  return true;
}

std::optional<PdbRecord> read_record(Reader& file, std::uint64_t at, std::uint32_t size) {
  if (size <= record_header_size || file.number<std::uint32_t>(at) != 0x53445352) {  // "RSDS"
    return std::nullopt;
  }
  PdbRecord record;
  record.identity = hex(file.number<std::uint32_t>(at + 4), 8) +
                    hex(file.number<std::uint16_t>(at + 8), 4) +
                    hex(file.number<std::uint16_t>(at + 10), 4);
  for (std::uint64_t i = 0; i < 8; ++i) {
    record.identity += hex(file.number<std::uint8_t>(at + 12 + i), 2);
  }
  record.identity += hex(file.number<std::uint32_t>(at + 20), 8);
  record.path_offset = at + record_header_size;
  record.room = size - static_cast<std::uint32_t>(record_header_size);
  record.path = file.text(record.path_offset, record.room);
  return record;
}

void read_debug(Reader& file, std::uint32_t directory, std::uint32_t size, PeImage& image) {
  const auto table = offset_of(image, directory);
  for (std::uint64_t i = 0; table && i < size / debug_entry_size && !image.pdb; ++i) {
    const std::uint64_t entry = *table + i * debug_entry_size;
    if (file.number<std::uint32_t>(entry + 12) == debug_type_codeview) {
      image.pdb = read_record(file, file.number<std::uint32_t>(entry + 24),
                              file.number<std::uint32_t>(entry + 16));
    }
  }
}

}  // namespace

std::string PeImage::build_id() const {
  return pdb ? pdb->identity + "-" + hex(time_stamp, 8) : hex(time_stamp, 8) + hex(image_size, 8);
}

Result<PeImage> read_pe_image(std::span<const std::byte> bytes) {
  Reader file(bytes);
  const auto header = file.number<std::uint32_t>(0x3c);
  if (file.number<std::uint16_t>(0) != 0x5a4d || file.number<std::uint32_t>(header) != 0x4550) {
    return no_library("it is no PE file");
  }
  const std::uint64_t coff = std::uint64_t{header} + 4;
  const std::uint64_t optional = coff + coff_header_size;
  if (file.number<std::uint16_t>(coff) != machine_x86_64 ||
      file.number<std::uint16_t>(optional) != magic_pe32_plus) {
    return no_library("it is not made for x86-64");
  }
  PeImage image;
  image.time_stamp = file.number<std::uint32_t>(coff + 4);
  image.image_size = file.number<std::uint32_t>(optional + 56);
  const std::uint64_t sections = optional + file.number<std::uint16_t>(coff + 16);
  read_sections(file, sections, file.number<std::uint16_t>(coff + 2), image);
  const auto directories = file.number<std::uint32_t>(optional + 108);
  const std::uint64_t table = optional + optional_header_size;
  if (directories > 0 && file.number<std::uint32_t>(table) != 0 &&
      !read_exports(file, file.number<std::uint32_t>(table), file.number<std::uint32_t>(table + 4),
                    image)) {
    return no_library("its table of exports leads outside of the file");
  }
  constexpr std::uint32_t debug_directory = 6;
  if (directories > debug_directory) {
    read_debug(file, file.number<std::uint32_t>(table + debug_directory * 8),
               file.number<std::uint32_t>(table + debug_directory * 8 + 4), image);
  }
  if (file.cut_off()) {
    return no_library("it is cut off");
  }
  return image;
}

bool set_pdb_path(std::span<std::byte> file, const PdbRecord& record, const std::string& path) {
  if (path.size() + 1 > record.room || record.path_offset > file.size() ||
      file.size() - record.path_offset < record.room) {
    return false;
  }
  std::byte* place = file.data() + record.path_offset;
  std::fill_n(place, record.room, std::byte{0});
  std::memcpy(place, path.data(), path.size());
  return true;
}

std::string pdb_name_that_fits(const std::string& module, std::uint32_t n, std::uint32_t room) {
  const std::string rest = std::to_string(n) + ".pdb";
  if (rest.size() + 1 > room) {
    return {};
  }
  const std::size_t letters = room - 1 - rest.size();
  if (module.size() + 1 <= letters) {
    return module + "." + rest;
  }
  return module.substr(0, letters) + rest;
}

}  // namespace hrwatch::core
