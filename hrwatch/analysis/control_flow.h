// A function's machine code, decoded whole: where each instruction can go on, and which general
// registers it reads and writes. Knows no symbols and no lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/description.h"

namespace hrwatch::analysis {

struct Step {
  enum class Kind : std::uint8_t { plain, padding, call, jump, branch, indirect_jump, leave };

  Address address = 0;
  std::uint8_t length = 0;
  Kind kind = Kind::plain;
  std::uint16_t reads = 0, writes = 0;  // general registers, one bit each (rax = bit 0)
  Address target = 0;                   // of a direct call, jump or branch
  // `cmp` of a 4-byte word in the stack frame with a number: what -O0 makes of `if (argument ==
  // N)`.
  std::optional<std::int64_t> compared;
  std::optional<std::int64_t> frame_slot;  // of an operand in the stack frame, from rbp

  Address end() const { return address + length; }
};

// Nothing when some byte of it is no instruction. Cost: about 50 ns an instruction.
std::optional<std::vector<Step>> decode_steps(std::span<const std::byte> code, Address address);

}  // namespace hrwatch::analysis
