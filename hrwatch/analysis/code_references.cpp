#include "analysis/code_references.h"

#include <algorithm>
#include <cstring>
#include <future>

#include "analysis/instructions.h"
#include "analysis/symbol_names.h"

namespace hrwatch::analysis {
namespace {

struct Range {
  Address begin = 0, end = 0;

  bool contains(Address where) const { return where >= begin && where < end; }
};

// What an operand may name. The cheap test comes first: most operands name something else.
class Targets {
 public:
  explicit Targets(const Symbols& symbols) : symbols_(symbols) {
    if (!symbols.variables.empty()) {
      variables_.begin = symbols.variables.front().address;
      for (const Symbol& variable : symbols.variables)
        variables_.end = std::max(variables_.end, variable.address + variable.size + 1);
    }
    if (!symbols.functions.empty())
      functions_ = {symbols.functions.front().address, symbols.functions.back().address + 1};
    for (const Symbol& variable : symbols.variables)
      if (variable.got != 0)
        words_.push_back(variable.got);
    std::sort(words_.begin(), words_.end());
    if (!words_.empty())
      word_range_ = {words_.front(), words_.back() + 1};
    for (const Symbol& constant : symbols.constants)
      if (is_type_identity(constant.name))
        type_identities_.push_back(constant.address);
    if (!type_identities_.empty())
      types_ = {type_identities_.front(), type_identities_.back() + 1};
  }

  bool may_be_wanted(Address target) const {
    return in_variables(target) || (functions_.contains(target) && starts_function(target)) ||
           is_type(target) || is_word(target);
  }

  // Up to 4 bytes of immediate may stand between operand and next instruction.
  bool may_be_wanted_with_immediate(Address without) const {
    constexpr Address longest = 4;
    return (without + longest >= variables_.begin && without < variables_.end) ||
           may_be_wanted(without);
  }

  bool wanted(const Instruction& instruction) const {
    if (!instruction.refers || instruction.branch)
      return false;
    const Address target = instruction.target;
    if (variables_.contains(target) &&
        (covering(symbols_.variables, target) || ending_at(symbols_.variables, target)))
      return true;
    return instruction.lea &&
           ((functions_.contains(target) && starts_function(target)) || is_type(target));
  }

  bool is_word(Address target) const {
    return word_range_.contains(target) && std::binary_search(words_.begin(), words_.end(), target);
  }

 private:
  bool in_variables(Address target) const { return variables_.contains(target); }

  bool is_type(Address target) const {
    return types_.contains(target) &&
           std::binary_search(type_identities_.begin(), type_identities_.end(), target);
  }

  bool starts_function(Address target) const {
    const Symbol* function = starting_at(symbols_.functions, target);
    return function && !function->clone;
  }

  const Symbols& symbols_;
  Range variables_, functions_, types_, word_range_;
  std::vector<Address> type_identities_;
  std::vector<Address> words_;  // pointers to variables, filled by the dynamic linker
};

// ModRM of a RIP-relative operand: mod 0, r/m 5, any register. Whatever the instruction, the
// operand follows it; so where no byte pair names a target, no instruction does.
bool may_refer(std::span<const std::byte> code, Address address, const Targets& targets) {
  constexpr std::byte mask{0xC7}, rip_relative{0x05};
  if (code.size() < 5)
    return false;
  for (std::size_t i = 0; i + 5 <= code.size(); ++i) {
    if ((code[i] & mask) != rip_relative)
      continue;
    std::int32_t displacement;
    std::memcpy(&displacement, &code[i + 1], sizeof displacement);
    const Address target = address + i + 5 + static_cast<std::uint64_t>(std::int64_t{displacement});
    if (targets.may_be_wanted_with_immediate(target))
      return true;
  }
  return false;
}

hr::wire::Failure data_in_code(std::string_view function) {
  return {
      "function " + std::string(function) + " holds bytes that are no instructions",
      "references to variables behind data in code can't be found and re-pointed",
      "move the data of this assembly function to .rodata, or keep its source out of the module"};
}

CodeReferences scan(const ElfImage& image, const Symbols& symbols, const Targets& targets,
                    std::size_t first, std::size_t last) {
  CodeReferences found;
  Address done = 0;
  for (std::size_t i = first; i < last; ++i) {
    const Symbol& function = symbols.functions[i];
    if (function.address < done || function.size == 0)
      continue;  // an alias of one that was scanned
    const auto code = image.bytes_at(function.address, function.size);
    done = function.address + function.size;
    if (!may_refer(code, function.address, targets))
      continue;
    InstructionReader reader(code, function.address);
    for (Instruction instruction; reader.next(instruction);) {
      const bool wanted = targets.wanted(instruction);
      if (!wanted && (!instruction.refers || !targets.is_word(instruction.target)))
        continue;
      (wanted ? found.references : found.words)
          .push_back({instruction.address + instruction.operand, instruction.target,
                      instruction.addend(), static_cast<std::uint32_t>(i), instruction.lea});
    }
    if (reader.stuck())
      found.problems.push_back(data_in_code(function.name));
  }
  return found;
}

// Where the second half of the code starts, as an index that no alias group straddles.
std::size_t middle(const std::vector<Symbol>& functions) {
  if (functions.empty())
    return 0;
  const Address half =
      functions.front().address + (functions.back().address - functions.front().address) / 2;
  auto at = std::lower_bound(functions.begin(), functions.end(), half,
                             [](const Symbol& f, Address a) { return f.address < a; });
  return static_cast<std::size_t>(at - functions.begin());
}

}  // namespace

CodeReferences find_code_references(const ElfImage& image, const Symbols& symbols) {
  const Targets targets(symbols);
  const std::size_t half = middle(symbols.functions);
  auto second = std::async(std::launch::async, [&] {
    return scan(image, symbols, targets, half, symbols.functions.size());
  });
  CodeReferences found = scan(image, symbols, targets, 0, half);
  CodeReferences rest = second.get();
  found.references.insert(found.references.end(), rest.references.begin(), rest.references.end());
  found.words.insert(found.words.end(), rest.words.begin(), rest.words.end());
  found.problems.insert(found.problems.end(), rest.problems.begin(), rest.problems.end());
  return found;
}

}  // namespace hrwatch::analysis
