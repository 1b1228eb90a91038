// The types that CodeView numbers without a record (microsoft-pdb, cvinfo.h, TYPE_ENUM_e), by the
// names that clang writes into DWARF.
#pragma once

#include <cstdint>

namespace hrwatch::analysis::codeview {

struct BuiltIn {
  std::uint8_t kind;
  std::uint8_t size;
  const char* name;
};

inline constexpr BuiltIn built_ins[] = {
    {0x03, 0, "void"},
    {0x08, 4, "long"},
    {0x10, 1, "signed char"},
    {0x11, 2, "short"},
    {0x12, 4, "long"},
    {0x13, 8, "long long"},
    {0x14, 16, "__int128"},
    {0x20, 1, "unsigned char"},
    {0x21, 2, "unsigned short"},
    {0x22, 4, "unsigned long"},
    {0x23, 8, "unsigned long long"},
    {0x24, 16, "unsigned __int128"},
    {0x30, 1, "bool"},
    {0x40, 4, "float"},
    {0x41, 8, "double"},
    {0x42, 16, "long double"},
    {0x46, 2, "_Float16"},
    {0x68, 1, "signed char"},
    {0x69, 1, "unsigned char"},
    {0x70, 1, "char"},
    {0x71, 2, "wchar_t"},
    {0x72, 2, "short"},
    {0x73, 2, "unsigned short"},
    {0x74, 4, "int"},
    {0x75, 4, "unsigned int"},
    {0x76, 8, "long long"},
    {0x77, 8, "unsigned long long"},
    {0x78, 16, "__int128"},
    {0x79, 16, "unsigned __int128"},
    {0x7a, 2, "char16_t"},
    {0x7b, 4, "char32_t"},
    {0x7c, 1, "char8_t"},
};

inline const BuiltIn* built_in(std::uint32_t type) {
  for (const BuiltIn& one : built_ins)
    if (one.kind == (type & 0xFF))
      return &one;
  return nullptr;
}

// A built-in index of this mode is a pointer to the type.
inline bool is_built_in_pointer(std::uint32_t type) {
  return (type & 0xF00) != 0;
}

}  // namespace hrwatch::analysis::codeview
