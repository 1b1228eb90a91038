// Numbers of CodeView records (microsoft-pdb, cvinfo.h): leaf and symbol kinds, and the numeric
// leaf. Knows no record.
#pragma once

#include <cstdint>

#include "analysis/byte_view.h"

namespace hrwatch::analysis::codeview {

// Type records (LF_...).
inline constexpr std::uint16_t modifier = 0x1001, pointer = 0x1002, procedure = 0x1008,
                               member_function = 0x1009, argument_list = 0x1201,
                               substring_list = 0x1604, field_list = 0x1203, bit_field = 0x1205,
                               array = 0x1503, class_ = 0x1504, structure = 0x1505, union_ = 0x1506,
                               enumeration = 0x1507, interface_ = 0x1519, function_id = 0x1601,
                               member_function_id = 0x1602, build_info = 0x1603, string_id = 0x1605,
                               source_line = 0x1606;

// Fields of a class.
inline constexpr std::uint16_t base_class = 0x1400, virtual_base = 0x1401,
                               indirect_virtual_base = 0x1402, continuation = 0x1404,
                               virtual_table = 0x1409, enumerator = 0x1502, member = 0x150d,
                               static_member = 0x150e, method = 0x150f, nested_type = 0x1510,
                               one_method = 0x1511;

// Symbol records (S_...).
inline constexpr std::uint16_t scope_end = 0x0006, block = 0x1103, user_type = 0x1108,
                               local_data = 0x110C, global_data = 0x110D, local_function = 0x110F,
                               global_function = 0x1110, local_thread = 0x1112,
                               global_thread = 0x1113, local_variable = 0x113E,
                               local_function_id = 0x1146, global_function_id = 0x1147,
                               build_info_symbol = 0x114C, inline_site = 0x114D,
                               inline_site_end = 0x114E, function_end = 0x114F,
                               register_relative = 0x1111;

// Bits of a class record's properties.
inline constexpr std::uint16_t forward_reference = 0x80, has_unique_name = 0x200;

struct Numeric {
  std::uint64_t value = 0;
  std::uint64_t size = 2;  // bytes that it takes
};

inline Numeric numeric(const ByteView& bytes, std::uint64_t at) {
  const auto leaf = bytes.number<std::uint16_t>(at);
  switch (leaf) {
    case 0x8000:
      return {static_cast<std::uint64_t>(bytes.number<std::int8_t>(at + 2)), 3};
    case 0x8001:
      return {static_cast<std::uint64_t>(bytes.number<std::int16_t>(at + 2)), 4};
    case 0x8002:
      return {bytes.number<std::uint16_t>(at + 2), 4};
    case 0x8003:
      return {static_cast<std::uint64_t>(bytes.number<std::int32_t>(at + 2)), 6};
    case 0x8004:
      return {bytes.number<std::uint32_t>(at + 2), 6};
    case 0x8009:
    case 0x800a:
      return {bytes.number<std::uint64_t>(at + 2), 10};
    default:
      return {leaf, 2};
  }
}

}  // namespace hrwatch::analysis::codeview
