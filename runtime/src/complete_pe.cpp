#include "src/complete_pe.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace hr::runtime {
namespace {

constexpr std::uint16_t machine_x86_64 = 0x8664;
constexpr std::uint16_t is_library = 0x2000;  // IMAGE_FILE_DLL
constexpr std::uint64_t coff_header_size = 20;
constexpr std::uint64_t section_header_size = 40;

// Zero when it is not there.
template <class Number>
Number number_at(std::span<const std::byte> file, std::uint64_t at) {
  Number value = 0;
  if (at <= file.size() && file.size() - at >= sizeof value)
    std::memcpy(&value, file.data() + at, sizeof value);
  return value;
}

PeCheck half(const std::string& why) {
  return {PeVerdict::half_written, "it is half written: " + why};
}

}  // namespace

PeCheck check_pe(std::span<const std::byte> file) {
  const bool begins_empty =
      std::all_of(file.begin(), file.begin() + std::min<std::ptrdiff_t>(64, std::ssize(file)),
                  [](std::byte byte) { return byte == std::byte{0}; });
  if (begins_empty)
    return half("its beginning is missing");
  if (number_at<std::uint16_t>(file, 0) != 0x5a4d)  // "MZ"
    return {PeVerdict::foreign, "it is no Windows library"};
  const std::uint64_t signature = number_at<std::uint32_t>(file, 0x3c);
  const std::uint64_t coff = signature + 4;
  if (file.size() < 64 || coff + coff_header_size > file.size())
    return half("its headers are not complete");
  if (number_at<std::uint32_t>(file, signature) != 0x4550)  // "PE"
    return {PeVerdict::foreign, "it is no Windows library"};
  if (number_at<std::uint16_t>(file, coff) != machine_x86_64)
    return {PeVerdict::foreign, "it is made for another processor than x86-64"};
  if ((number_at<std::uint16_t>(file, coff + 18) & is_library) == 0)
    return {PeVerdict::foreign, "it is a program, not a library"};
  const std::uint64_t sections =
      coff + coff_header_size + number_at<std::uint16_t>(file, coff + 16);
  const std::uint64_t count = number_at<std::uint16_t>(file, coff + 2);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t header = sections + i * section_header_size;
    if (header + section_header_size > file.size())
      return half("its table of sections is not complete");
    const std::uint64_t end = std::uint64_t{number_at<std::uint32_t>(file, header + 20)} +
                              number_at<std::uint32_t>(file, header + 16);
    if (end > file.size())
      return half("it ends before its last section does");
  }
  // GNU linkers write their symbols and the strings of these behind the sections.
  const std::uint64_t symbols = number_at<std::uint32_t>(file, coff + 8);
  constexpr std::uint64_t symbol_size = 18;
  const std::uint64_t strings = symbols + symbol_size * number_at<std::uint32_t>(file, coff + 12);
  if (symbols != 0 && (strings + 4 > file.size() ||
                       strings + number_at<std::uint32_t>(file, strings) > file.size()))
    return half("its symbols are not complete");
  return count != 0 ? PeCheck{} : half("it has no sections");
}

}  // namespace hr::runtime
