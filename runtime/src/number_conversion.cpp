#include "src/number_conversion.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "hr/state.h"

namespace hr::runtime {
namespace {

// Every number of at most 8 bytes, and long double: its 64 bits of mantissa hold them all.
using Wide = long double;

template <class T>
bool read(const void* from, Wide& value) {
  T number;
  std::memcpy(&number, from, sizeof(T));
  value = static_cast<Wide>(number);
  return true;
}

bool read(const void* from, std::uint32_t kind, std::size_t size, Wide& value) {
  switch (kind * 32 + size) {
    case HR_KIND_SIGNED * 32 + 1:
      return read<std::int8_t>(from, value);
    case HR_KIND_SIGNED * 32 + 2:
      return read<std::int16_t>(from, value);
    case HR_KIND_SIGNED * 32 + 4:
      return read<std::int32_t>(from, value);
    case HR_KIND_SIGNED * 32 + 8:
      return read<std::int64_t>(from, value);
    case HR_KIND_BOOLEAN * 32 + 1:
    case HR_KIND_UNSIGNED * 32 + 1:
      return read<std::uint8_t>(from, value);
    case HR_KIND_UNSIGNED * 32 + 2:
      return read<std::uint16_t>(from, value);
    case HR_KIND_UNSIGNED * 32 + 4:
      return read<std::uint32_t>(from, value);
    case HR_KIND_UNSIGNED * 32 + 8:
      return read<std::uint64_t>(from, value);
    case HR_KIND_FLOATING * 32 + 4:
      return read<float>(from, value);
    case HR_KIND_FLOATING * 32 + 8:
      return read<double>(from, value);
    case HR_KIND_FLOATING * 32 + sizeof(Wide):
      return read<Wide>(from, value);
    default:
      return false;
  }
}

template <class T>
bool write(void* to, Wide value) {
  if constexpr (std::numeric_limits<T>::is_integer) {
    if (!(value >= static_cast<Wide>(std::numeric_limits<T>::min()) &&
          value <= static_cast<Wide>(std::numeric_limits<T>::max())) ||
        std::trunc(value) != value)
      return false;
  } else if (std::isfinite(value) &&
             std::fabs(value) > static_cast<Wide>(std::numeric_limits<T>::max())) {
    return false;
  }
  const T number = static_cast<T>(value);
  std::memcpy(to, &number, sizeof(T));
  return true;
}

}  // namespace

bool convert_number(const void* from, std::uint32_t kind, std::size_t size, void* to,
                    std::uint32_t new_kind, std::size_t new_size) {
  if (kind == new_kind && size == new_size) {
    std::memcpy(to, from, size);
    return true;
  }
  if (kind == HR_KIND_SIGNED && new_kind == HR_KIND_SIGNED && size == 4 && new_size == 8) {
    std::int32_t number = 0;  // int to long, of many objects
    std::memcpy(&number, from, sizeof number);
    const std::int64_t wide = number;
    std::memcpy(to, &wide, sizeof wide);
    return true;
  }
  Wide value = 0;
  if (!read(from, kind, size, value))
    return false;
  switch (new_kind * 32 + new_size) {
    case HR_KIND_SIGNED * 32 + 1:
      return write<std::int8_t>(to, value);
    case HR_KIND_SIGNED * 32 + 2:
      return write<std::int16_t>(to, value);
    case HR_KIND_SIGNED * 32 + 4:
      return write<std::int32_t>(to, value);
    case HR_KIND_SIGNED * 32 + 8:
      return write<std::int64_t>(to, value);
    case HR_KIND_BOOLEAN * 32 + 1:
      return (value == 0 || value == 1) && write<std::uint8_t>(to, value);
    case HR_KIND_UNSIGNED * 32 + 1:
      return write<std::uint8_t>(to, value);
    case HR_KIND_UNSIGNED * 32 + 2:
      return write<std::uint16_t>(to, value);
    case HR_KIND_UNSIGNED * 32 + 4:
      return write<std::uint32_t>(to, value);
    case HR_KIND_UNSIGNED * 32 + 8:
      return write<std::uint64_t>(to, value);
    case HR_KIND_FLOATING * 32 + 4:
      return write<float>(to, value);
    case HR_KIND_FLOATING * 32 + 8:
      return write<double>(to, value);
    case HR_KIND_FLOATING * 32 + sizeof(Wide):
      return write<Wide>(to, value);
    default:
      return false;
  }
}

}  // namespace hr::runtime
