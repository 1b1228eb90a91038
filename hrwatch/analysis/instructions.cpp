#include "analysis/instructions.h"

#include <algorithm>

namespace hrwatch::analysis {
namespace {

bool is_padding(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) {
    return byte == std::byte{0} || byte == std::byte{0xCC};
  });
}

}  // namespace

InstructionReader::InstructionReader(std::span<const std::byte> code, Address address)
    : code_(code), address_(address) {
  ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  ZydisDecoderEnableMode(&decoder_, ZYDIS_DECODER_MODE_MINIMAL, ZYAN_TRUE);
}

bool InstructionReader::next(Instruction& instruction) {
  if (code_.empty())
    return false;
  ZydisDecodedInstruction raw;
  if (ZYAN_FAILED(
          ZydisDecoderDecodeInstruction(&decoder_, nullptr, code_.data(), code_.size(), &raw))) {
    if (!is_padding(code_))
      stuck_ = address_;
    code_ = {};
    return false;
  }
  instruction = {};
  instruction.address = address_;
  instruction.length = raw.length;
  // mod 0, r/m 5 is RIP-relative in 64-bit mode (Intel SDM vol. 2A, 2.2.1.6).
  if (raw.raw.disp.size == 32 && raw.raw.modrm.mod == 0 && raw.raw.modrm.rm == 5) {
    instruction.refers = true;
    instruction.operand = raw.raw.disp.offset;
    instruction.lea = raw.opcode == 0x8D && raw.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT;
    instruction.target = address_ + raw.length + static_cast<std::uint64_t>(raw.raw.disp.value);
  } else if (raw.raw.imm[0].is_relative && raw.raw.imm[0].size == 32) {
    instruction.refers = instruction.branch = true;
    instruction.operand = raw.raw.imm[0].offset;
    instruction.target = address_ + raw.length + static_cast<std::uint64_t>(raw.raw.imm[0].value.s);
  }
  code_ = code_.subspan(raw.length);
  address_ += raw.length;
  return true;
}

}  // namespace hrwatch::analysis
