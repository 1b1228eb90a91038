// A walk over machine code, one instruction at a time: what in it refers to somewhere else. The
// decoder is Zydis; knows no symbols.
#pragma once

#include <Zydis/Decoder.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "analysis/description.h"

namespace hrwatch::analysis {

struct Instruction {
  Address address = 0;
  std::uint8_t length = 0;
  std::uint8_t operand = 0;  // offset of the 4 bytes below, when `refers`
  bool refers = false;       // has a 4-byte operand that names an address ...
  bool branch = false;       // ... to jump to or call
  bool lea = false;          // ... whose address alone is taken
  Address target = 0;

  std::int32_t addend() const { return static_cast<std::int32_t>(operand) - length; }
};

// Reads [address, address + code.size()) from its start. Thread: one reader, one thread.
class InstructionReader {
 public:
  InstructionReader(std::span<const std::byte> code, Address address);

  // False at the end, and where bytes are no instruction: then `stuck()`.
  bool next(Instruction& instruction);

  // The address where decoding stopped short of the end; 0 when it did not. Padding at the end
  // (zeros, int3) does not count.
  Address stuck() const { return stuck_; }

 private:
  ZydisDecoder decoder_;
  std::span<const std::byte> code_;
  Address address_;
  Address stuck_ = 0;
};

}  // namespace hrwatch::analysis
