// Fixed-width little-endian numbers and length-prefixed strings in a byte buffer. Knows no message.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace hr::wire {

// Appends to a byte vector. Lists and strings carry their count as u32.
class Writer {
 public:
  template <class T>
  void number(T value) {
    using Bits = std::make_unsigned_t<T>;
    const auto bits = static_cast<Bits>(value);
    std::array<std::byte, sizeof(T)> taken;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      taken[i] = static_cast<std::byte>((bits >> (8 * i)) & 0xff);
    }
    raw(taken);
  }

  void count(std::size_t value) { number(static_cast<std::uint32_t>(value)); }

  void raw(std::span<const std::byte> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }

  void text(const std::string& value) {
    count(value.size());
    raw(std::as_bytes(std::span(value.data(), value.size())));
  }

  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

// Reads what a Writer wrote. Total: past the end everything reads as zero or empty and `ok()` turns
// false for good; nothing is allocated that the remaining bytes can't fill.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }

  std::size_t remaining() const { return bytes_.size(); }

  template <class T>
  T number() {
    using Bits = std::make_unsigned_t<T>;
    const std::span<const std::byte> taken = raw(sizeof(T));
    Bits bits = 0;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      bits = static_cast<Bits>(bits | static_cast<Bits>(static_cast<Bits>(taken[i]) << (8 * i)));
    }
    return static_cast<T>(bits);
  }

  // The number of elements of a list whose elements take at least `element_size` bytes each.
  std::size_t count(std::size_t element_size) {
    const std::size_t value = number<std::uint32_t>();
    if (value > bytes_.size() / element_size) {
      fail();
      return 0;
    }
    return value;
  }

  std::span<const std::byte> raw(std::size_t size) {
    if (!ok_ || size > bytes_.size()) {
      fail();
      return {};
    }
    const std::span<const std::byte> taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }

  std::string text() {
    const std::span<const std::byte> taken = raw(count(1));
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

  void fail() {
    ok_ = false;
    bytes_ = {};
  }

 private:
  std::span<const std::byte> bytes_;
  bool ok_ = true;
};

}  // namespace hr::wire
