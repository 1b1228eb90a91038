// One COFF object file (PE/COFF specification, sections 3 to 5) as views into its bytes: sections,
// symbols, relocations. Knows no library and no debug info, and never reads outside of the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "wire/result.h"

namespace hrwatch::analysis {

// IMAGE_REL_AMD64_*
enum class CoffRelocationKind : std::uint16_t {
  address_64 = 1,
  relative_32 = 4,  // and up to relative_32_5: so many bytes of instruction follow the operand
  relative_32_5 = 9,
  section = 10,
  section_relative = 11,
};

struct CoffRelocation {
  std::uint32_t at = 0;  // in the section
  CoffRelocationKind kind = {};
  std::uint32_t symbol = 0;  // index into the symbol table

  bool is_relative() const {
    return kind >= CoffRelocationKind::relative_32 && kind <= CoffRelocationKind::relative_32_5;
  }

  // Bytes from the operand to the end of its instruction.
  std::int32_t behind() const {
    return 4 + static_cast<std::int32_t>(kind) -
           static_cast<std::int32_t>(CoffRelocationKind::relative_32);
  }
};

struct CoffSection {
  std::string_view name;
  std::uint32_t flags = 0;  // IMAGE_SCN_*
  std::uint64_t size = 0;
  std::span<const std::byte> bytes;  // empty for uninitialised data
  std::vector<CoffRelocation> relocations;
  std::uint8_t selection = 0;  // IMAGE_COMDAT_SELECT_*; 0 = no COMDAT

  bool is_code() const { return (flags & 0x20) != 0; }

  bool is_zero() const { return (flags & 0x80) != 0; }

  bool is_writable() const { return (flags & 0x80000000) != 0; }

  // The linker may leave it out (COMDAT).
  bool may_be_missing() const { return (flags & 0x1000) != 0; }

  // Other objects may have it too; the linker keeps one. Else it is the only one of its name
  // (IMAGE_COMDAT_SELECT_NODUPLICATES: what -ffunction-sections makes of a function).
  bool is_shared() const { return selection > 1; }

  // Ends up in the library: neither debug info nor the linker's directives.
  bool is_loaded() const {
    return (flags & 0xE0) != 0 && (flags & 0x02000000) == 0 && (flags & 0xA00) == 0;
  }
};

struct CoffSymbol {
  std::string_view name;  // "" for auxiliary records
  std::uint32_t value = 0;
  std::int32_t section = 0;  // number from 1; 0 = defined elsewhere, negative = absolute, debug
  std::uint16_t type = 0;
  std::uint8_t storage = 0;  // IMAGE_SYM_CLASS_*

  bool is_external() const { return storage == 2 || storage == 105; }

  bool is_local() const { return storage == 3 || storage == 6; }

  bool is_function() const { return (type & 0xF0) == 0x20; }

  bool is_defined() const { return section > 0; }
};

struct CoffObject {
  std::vector<CoffSection> sections;  // number 1 is [0]
  std::vector<CoffSymbol> symbols;    // by index, auxiliary records included
  std::uint32_t time_stamp = 0;

  // Null when there is none of that number.
  const CoffSection* section(std::int32_t number) const {
    return number > 0 && static_cast<std::size_t>(number) <= sections.size()
               ? &sections[static_cast<std::size_t>(number) - 1]
               : nullptr;
  }

  const CoffSymbol* symbol(std::uint32_t index) const {
    return index < symbols.size() ? &symbols[index] : nullptr;
  }
};

// The views live as long as `file`. Errors (in `why`): no COFF file for x86-64, cut off.
// Cost: linear in sections, symbols and relocations.
hr::wire::Result<CoffObject> read_coff_object(std::span<const std::byte> file);

// What a 4-byte operand or an 8-byte word of a section says before it is relocated.
std::int64_t coff_addend(const CoffSection& section, const CoffRelocation& relocation);

}  // namespace hrwatch::analysis
