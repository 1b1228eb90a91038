// A file's bytes read at offsets, little endian. Total: what lies outside reads as zero or empty.
// Knows no format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace hrwatch::analysis {

class ByteView {
 public:
  ByteView() = default;

  explicit ByteView(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::uint64_t size() const { return bytes_.size(); }

  bool holds(std::uint64_t at, std::uint64_t size) const {
    return at <= bytes_.size() && size <= bytes_.size() - at;
  }

  template <class Number>
  Number number(std::uint64_t at) const {
    Number value = 0;
    if (holds(at, sizeof value))
      std::memcpy(&value, bytes_.data() + at, sizeof value);  // little endian, as x86-64 is
    return value;
  }

  // Empty unless all of it is there.
  std::span<const std::byte> part(std::uint64_t at, std::uint64_t size) const {
    return holds(at, size) ? bytes_.subspan(at, size) : std::span<const std::byte>();
  }

  ByteView view(std::uint64_t at, std::uint64_t size) const { return ByteView(part(at, size)); }

  // Zero-terminated; what is not terminated ends with the bytes.
  std::string_view text(std::uint64_t at) const {
    if (at >= bytes_.size())
      return {};
    const std::string_view rest(reinterpret_cast<const char*>(bytes_.data()) + at,
                                bytes_.size() - at);
    return rest.substr(0, rest.find('\0'));
  }

  // At most `limit` bytes, up to the first zero.
  std::string_view padded_text(std::uint64_t at, std::uint64_t limit) const {
    return text(at).substr(0, limit);
  }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace hrwatch::analysis
