#include "analysis/control_flow.h"

#include <Zydis/Zydis.h>

namespace hrwatch::analysis {

namespace {

// Bit of a general register; 0 for all others. rsp and rbp are the frame, and never news.
std::uint16_t bit(ZydisRegister name) {
  const ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, name);
  if (ZydisRegisterGetClass(whole) != ZYDIS_REGCLASS_GPR64 || whole == ZYDIS_REGISTER_RSP ||
      whole == ZYDIS_REGISTER_RBP)
    return 0;
  return static_cast<std::uint16_t>(1u << ZydisRegisterGetId(whole));
}

// `xor r, r` and `sub r, r` set a register to zero whatever it held.
bool clears(const ZydisDecodedInstruction& code, const ZydisDecodedOperand* operands) {
  return (code.mnemonic == ZYDIS_MNEMONIC_XOR || code.mnemonic == ZYDIS_MNEMONIC_SUB) &&
         operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
         operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
         operands[0].reg.value == operands[1].reg.value;
}

void add_registers(const ZydisDecodedInstruction& code, const ZydisDecodedOperand* operands,
                   Step& step) {
  const bool cleared = clears(code, operands);
  for (std::uint8_t i = 0; i < code.operand_count; ++i) {
    const ZydisDecodedOperand& operand = operands[i];
    if (operand.type == ZYDIS_OPERAND_TYPE_MEMORY) {
      step.reads |= bit(operand.mem.base);
      step.reads |= bit(operand.mem.index);
      if (operand.mem.base == ZYDIS_REGISTER_RBP)
        step.frame_slot = operand.mem.disp.value;
    } else if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER) {
      if ((operand.actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0 && !cleared)
        step.reads |= bit(operand.reg.value);
      if ((operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0)
        step.writes |= bit(operand.reg.value);
    }
  }
}

void add_comparison(const ZydisDecodedInstruction& code, const ZydisDecodedOperand* operands,
                    Step& step) {
  if (code.mnemonic == ZYDIS_MNEMONIC_CMP && operands[0].type == ZYDIS_OPERAND_TYPE_MEMORY &&
      operands[0].mem.base == ZYDIS_REGISTER_RBP && operands[0].mem.index == ZYDIS_REGISTER_NONE &&
      operands[0].size == 32 && operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
    step.compared = static_cast<std::int64_t>(operands[1].imm.value.s);
}

// `xchg ax, ax` (66 90) is the 2-byte NOP of patchable entries.
bool does_nothing(const ZydisDecodedInstruction& code, const ZydisDecodedOperand* operands) {
  return code.mnemonic == ZYDIS_MNEMONIC_ENDBR64 ||
         (code.mnemonic == ZYDIS_MNEMONIC_XCHG && operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
          operands[0].reg.value == operands[1].reg.value);
}

Step::Kind kind_of(const ZydisDecodedInstruction& code, bool direct) {
  switch (code.meta.category) {
    case ZYDIS_CATEGORY_CALL:
      return Step::Kind::call;
    case ZYDIS_CATEGORY_UNCOND_BR:
      return direct ? Step::Kind::jump : Step::Kind::indirect_jump;
    case ZYDIS_CATEGORY_COND_BR:
      return Step::Kind::branch;
    case ZYDIS_CATEGORY_RET:
      return Step::Kind::leave;
    case ZYDIS_CATEGORY_NOP:
    case ZYDIS_CATEGORY_WIDENOP:
      return Step::Kind::padding;
    default:
      return Step::Kind::plain;
  }
}

}  // namespace

std::optional<std::vector<Step>> decode_steps(std::span<const std::byte> code, Address address) {
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  std::vector<Step> steps;
  for (std::size_t at = 0; at < code.size();) {
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code.data() + at, code.size() - at,
                                             &instruction, operands)))
      return std::nullopt;
    Step step;
    step.address = address + at;
    step.length = instruction.length;
    ZyanU64 target = 0;
    const bool direct = instruction.operand_count > 0 &&
                        operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
                        operands[0].imm.is_relative;
    step.kind =
        does_nothing(instruction, operands) ? Step::Kind::padding : kind_of(instruction, direct);
    if (direct &&
        ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&instruction, &operands[0], step.address, &target)))
      step.target = target;
    if (step.kind != Step::Kind::padding)
      add_registers(instruction, operands, step);
    add_comparison(instruction, operands, step);
    steps.push_back(step);
    at += instruction.length;
  }
  return steps;
}

}  // namespace hrwatch::analysis
