#include "analysis/body_hashes.h"

#include <xxhash.h>

#include <cstring>
#include <string>
#include <vector>

#include "analysis/closures.h"
#include "analysis/content_hash.h"
#include "analysis/instructions.h"

namespace hrwatch::analysis {
namespace {

Named named_by(const Instruction& instruction, const Names& names) {
  if (instruction.branch) {
    if (const auto function = names.through_stub(instruction.target))
      return *function;
  } else if (const auto word = names.in_word(instruction.target)) {
    return *word;  // a load from the global offset table
  }
  return names.at(instruction.target);
}

std::uint64_t hash_of(const Named& named, const MaskedNames& masked) {
  std::string_view name = named.name;
  if (const auto mask = masked.find(named.function); mask != masked.end())
    name = mask->second;
  const ClosureNames closures = named.function ? ClosureNames() : closures_in(name);
  if (!closures.masked.empty())  // a static of a closure
    name = closures.masked;
  return XXH3_64bits_withSeed(name.data(), name.size(), named.offset);
}

// The table of a switch: distances from the table to places in the function, 4 bytes each, which
// are others in every link. Hashed as distances from the function's start; 0 = `at` is no such
// table.
std::uint64_t jump_table_hash(const Symbol& function, const ElfImage& image, Address at) {
  constexpr std::uint64_t most_cases = 4096;
  std::uint64_t hash = 0;
  for (std::uint64_t i = 0; i < most_cases; ++i) {
    const auto entry = image.bytes_at(at + 4 * i, 4);
    if (entry.size() != 4)
      break;
    std::int32_t distance;
    std::memcpy(&distance, entry.data(), sizeof distance);
    const Address inside =
        at + static_cast<std::uint64_t>(std::int64_t{distance}) - function.address;
    if (inside >= function.size)
      break;
    hash = combine(hash, inside);
  }
  return hash;
}

}  // namespace

std::uint64_t body_hash(const Symbol& function, const ElfImage& image, const Names& names,
                        const MaskedNames& masked) {
  const auto code = image.bytes_at(function.address, function.size);
  std::vector<std::byte> body(code.begin(), code.end());
  std::uint64_t hash = 0;
  if (const auto mask = masked.find(&function); mask != masked.end())
    hash = XXH3_64bits(mask->second.data(), mask->second.size());
  InstructionReader reader(code, function.address);
  for (Instruction instruction; reader.next(instruction);) {
    const bool inside = instruction.target - function.address < function.size;
    if (!instruction.refers || (instruction.branch && inside))
      continue;
    const Address operand = instruction.address + instruction.operand - function.address;
    std::memset(&body[operand], 0, sizeof(std::int32_t));
    const std::uint64_t table =
        instruction.lea ? jump_table_hash(function, image, instruction.target) : 0;
    const std::uint64_t parts[] = {
        hash, operand, table != 0 ? table : hash_of(named_by(instruction, names), masked)};
    hash = XXH3_64bits(parts, sizeof parts);
  }
  if (body.empty() || reader.stuck())
    return 0;
  const std::uint64_t result = XXH3_64bits_withSeed(body.data(), body.size(), hash);
  return result ? result : 1;
}

}  // namespace hrwatch::analysis
