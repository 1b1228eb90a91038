// Numbers of one kind and size as numbers of another, where the value exists there. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hr::runtime {

// Writes the number at `from` (hr_kind `kind`, `size` bytes) to `to` as `new_kind` of `new_size`
// bytes. False, and nothing is written, when the value does not exist there: out of range, a
// fraction for an integer, not 0 or 1 for a bool. Floating point may round.
bool convert_number(const void* from, std::uint32_t kind, std::size_t size, void* to,
                    std::uint32_t new_kind, std::size_t new_size);

}  // namespace hr::runtime
