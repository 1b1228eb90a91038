#include "src/pe_facts.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

namespace hr::runtime {
namespace {

constexpr std::uint16_t machine_x86_64 = 0x8664;
constexpr std::uint16_t magic_pe32_plus = 0x20b;
constexpr std::uint16_t is_library = 0x2000;    // IMAGE_FILE_DLL
constexpr std::uint16_t dynamic_base = 0x0040;  // IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE
constexpr std::uint64_t coff_header_size = 20;
constexpr std::uint64_t section_header_size = 40;
constexpr std::uint64_t debug_entry_size = 28;
constexpr std::uint32_t debug_type_codeview = 2;
constexpr std::uint32_t signature_rsds = 0x53445352;
constexpr unsigned directory_debug = 6;
constexpr unsigned directory_tls = 9;

wire::Failure not_a_library(const char* why) {
  return {"the published library can't be read as one", why, "build again"};
}

struct Directory {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
};

class Image {
 public:
  Image(std::span<const std::byte> bytes, PeLayout layout) : bytes_(bytes), layout_(layout) {}

  // Zero, and cut_off() from then on, where it is not there.
  template <class Number>
  Number get(std::uint64_t at) {
    Number value = 0;
    if (at > bytes_.size() || bytes_.size() - at < sizeof value)
      cut_off_ = true;
    else
      std::memcpy(&value, bytes_.data() + at, sizeof value);
    return value;
  }

  bool cut_off() const { return cut_off_; }

  std::uint64_t coff() { return std::uint64_t{get<std::uint32_t>(0x3c)} + 4; }

  std::uint64_t optional() { return coff() + coff_header_size; }

  Directory directory(unsigned number) {
    if (get<std::uint32_t>(optional() + 108) <= number)
      return {};
    const std::uint64_t at = optional() + 112 + number * 8;
    return {get<std::uint32_t>(at), get<std::uint32_t>(at + 4)};
  }

  // Where an address of the image is in `bytes`; nothing where it is not.
  std::optional<std::uint64_t> place_of(std::uint64_t address) {
    if (layout_ == PeLayout::memory)
      return address;
    const std::uint64_t table = optional() + get<std::uint16_t>(coff() + 16);
    const std::uint64_t count = get<std::uint16_t>(coff() + 2);
    for (std::uint64_t i = 0; i < count && !cut_off_; ++i) {
      const std::uint64_t header = table + i * section_header_size;
      const std::uint64_t begin = get<std::uint32_t>(header + 12);
      if (address >= begin && address - begin < get<std::uint32_t>(header + 16))
        return get<std::uint32_t>(header + 20) + (address - begin);
    }
    return std::nullopt;
  }

 private:
  std::span<const std::byte> bytes_;
  PeLayout layout_;
  bool cut_off_ = false;
};

std::string hex(std::uint64_t number, int digits) {
  std::string text(static_cast<std::size_t>(digits), '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, number >>= 4U)
    *digit = "0123456789ABCDEF"[number & 15U];
  return text;
}

// The identity of the .pdb: GUID and age. "" when there is none.
std::string pdb_identity(Image& image) {
  const Directory debug = image.directory(directory_debug);
  const auto entries = image.place_of(debug.address);
  for (std::uint64_t i = 0; entries && i < debug.size / debug_entry_size; ++i) {
    const std::uint64_t entry = *entries + i * debug_entry_size;
    if (image.cut_off() || image.get<std::uint32_t>(entry + 12) != debug_type_codeview)
      continue;
    const auto record = image.place_of(image.get<std::uint32_t>(entry + 20));
    if (!record || image.get<std::uint32_t>(*record) != signature_rsds)
      continue;
    std::string text = hex(image.get<std::uint32_t>(*record + 4), 8) +
                       hex(image.get<std::uint16_t>(*record + 8), 4) +
                       hex(image.get<std::uint16_t>(*record + 10), 4);
    for (std::uint64_t byte = 0; byte < 8; ++byte)
      text += hex(image.get<std::uint8_t>(*record + 12 + byte), 2);
    return text + hex(image.get<std::uint32_t>(*record + 20), 8);
  }
  return {};
}

void read_tls(Image& image, std::uint64_t loaded_at, PeFacts& facts) {
  const Directory tls = image.directory(directory_tls);
  const auto at = tls.size != 0 ? image.place_of(tls.address) : std::nullopt;
  if (!at)
    return;
  facts.tls_size = image.get<std::uint64_t>(*at + 8) - image.get<std::uint64_t>(*at) +
                   image.get<std::uint32_t>(*at + 32);
  facts.tls_index = image.get<std::uint64_t>(*at + 16) - loaded_at;
  if (facts.tls_index >= facts.library.memory_size)
    facts.tls_index = 0;
}

}  // namespace

wire::Result<PeFacts> read_pe_facts(std::span<const std::byte> bytes, PeLayout layout) {
  Image image(bytes, layout);
  if (image.get<std::uint16_t>(0) != 0x5a4d || image.get<std::uint32_t>(image.coff() - 4) != 0x4550)
    return not_a_library("it is no PE file");
  const std::uint64_t coff = image.coff();
  const std::uint64_t optional = image.optional();
  if (image.get<std::uint16_t>(coff) != machine_x86_64 ||
      image.get<std::uint16_t>(optional) != magic_pe32_plus ||
      (layout == PeLayout::file && (image.get<std::uint16_t>(coff + 18) & is_library) == 0))
    return not_a_library("it is not a DLL for x86-64");
  PeFacts facts;
  facts.base = image.get<std::uint64_t>(optional + 24);
  facts.library.alignment = image.get<std::uint32_t>(optional + 32);
  facts.library.memory_size = image.get<std::uint32_t>(optional + 56);
  facts.at_any_address = (image.get<std::uint16_t>(optional + 70) & dynamic_base) != 0;
  const std::string stamp = hex(image.get<std::uint32_t>(coff + 4), 8);
  const std::string identity = pdb_identity(image);
  facts.library.build_id =
      identity.empty() ? stamp + hex(facts.library.memory_size, 8) : identity + "-" + stamp;
  const std::uint64_t loaded_at =
      layout == PeLayout::memory ? reinterpret_cast<std::uintptr_t>(bytes.data()) : facts.base;
  read_tls(image, loaded_at, facts);
  if (image.cut_off() || facts.library.memory_size == 0)
    return not_a_library("it is cut short");
  return facts;
}

}  // namespace hr::runtime
