#include "analysis/names.h"

#include <algorithm>

#include "analysis/instructions.h"

namespace hrwatch::analysis {
namespace {

constexpr std::size_t longest_literal = 1 << 20;
constexpr std::size_t longest_stub = 16;

// Clang's AddressSanitizer gives literals symbols, which are numbered in order of appearance.
bool is_literal(const Symbol& constant) {
  return constant.name == ".str" || constant.name.starts_with(".str.");
}

}  // namespace

std::string_view Names::content(const Symbol& constant) const {
  const std::span<const std::byte> bytes = image_.bytes_at(constant.address, constant.size);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Named Names::at(Address target) const {
  if (const Symbol* variable = covering(symbols_.variables, target))
    return {without_number(*variable), target - variable->address, variable->size, nullptr,
            variable};
  if (const Symbol* function = covering(symbols_.functions, target))
    return {without_number(*function), target - function->address, 0, function, nullptr};
  if (const Symbol* constant = covering(symbols_.constants, target))
    return {is_literal(*constant) ? content(*constant) : without_number(*constant),
            target - constant->address, 0, nullptr, nullptr};
  if (const Symbol* variable = ending_at(symbols_.variables, target))
    return {without_number(*variable), variable->size, variable->size, nullptr, variable};
  return {image_.string_at(target, longest_literal), 0, 0, nullptr, nullptr};
}

Named Names::of(const Relocation& relocation) const {
  const auto addend = static_cast<std::uint64_t>(relocation.addend);
  if (relocation.symbol == 0)
    return relocation.type == R_X86_64_RELATIVE ? at(addend)
                                                : Named{{}, addend, 0, nullptr, nullptr};
  const Elf64_Sym& symbol = image_.dynamic_symbols()[relocation.symbol];
  if (symbol.st_shndx != SHN_UNDEF && ELF64_ST_TYPE(symbol.st_info) != STT_TLS)
    return at(symbol.st_value + addend);
  return {image_.dynamic_name(symbol), addend, 0, nullptr, nullptr};
}

std::optional<Named> Names::in_word(Address where) const {
  const auto relocations = relocations_in(where, 1);
  if (relocations.empty())
    return std::nullopt;
  return of(relocations.front());
}

std::optional<Named> Names::through_stub(Address stub) const {
  const Section* section = image_.section_at(stub);
  if (!section || !section->name.starts_with(".plt"))
    return std::nullopt;
  const Address left = section->address + section->size - stub;
  InstructionReader reader(image_.bytes_at(stub, std::min<Address>(left, longest_stub)), stub);
  for (Instruction instruction; reader.next(instruction);)
    if (instruction.refers && !instruction.branch)
      return in_word(instruction.target);
  return std::nullopt;
}

std::span<const Relocation> Names::relocations_in(Address begin, std::uint64_t size) const {
  const auto all = image_.relocations();
  const auto before = [](const Relocation& r, Address a) {
    return r.at < a;
  };
  const auto first = std::lower_bound(all.begin(), all.end(), begin, before);
  const auto last = std::lower_bound(first, all.end(), begin + size, before);
  return {first, last};
}

}  // namespace hrwatch::analysis
