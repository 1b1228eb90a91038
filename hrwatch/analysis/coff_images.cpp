#include "analysis/coff_images.h"

#include <algorithm>

#include "analysis/byte_view.h"
#include "analysis/content_hash.h"

namespace hrwatch::analysis {
namespace {

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// "calls.12" -> "calls": the number that compilers append to statics of one name.
std::string_view without_number(const CoffSymbol& symbol) {
  const std::size_t last = symbol.name.find_last_not_of("0123456789");
  const bool numbered = symbol.is_local() && last != std::string_view::npos && last > 0 &&
                        last + 1 < symbol.name.size() && symbol.name[last] == '.';
  return numbered ? symbol.name.substr(0, last) : symbol.name;
}

}  // namespace

CoffImages::Extent CoffImages::extent(const CoffSymbols::Origin& origin, std::uint64_t size) const {
  const LinkedUnit& unit = image_.units()[origin.unit];
  const CoffSymbol& symbol = unit.unit->object.symbols[origin.symbol];
  const CoffSection* section = unit.section_of(symbol);
  return {&unit, section, symbol.value,
          std::min<std::uint64_t>(section->size, symbol.value + size)};
}

// A symbol by its name; what has none, a literal mostly, by the content that stands there.
std::string CoffImages::meaning(const Extent& extent, const CoffRelocation& relocation,
                                const std::unordered_map<Address, std::string>* masked) const {
  const CoffSymbol* symbol = extent.unit->unit->object.symbol(relocation.symbol);
  if (symbol == nullptr)
    return {};
  const std::int64_t addend = coff_addend(*extent.section, relocation);
  if (masked != nullptr) {
    const auto at = image_.address(*extent.unit, *symbol);
    const auto known = at ? masked->find(*at) : masked->end();
    if (known != masked->end())
      return known->second;
  }
  const CoffSection* of = extent.unit->section_of(*symbol);
  if (of != nullptr && symbol->name == of->name)
    return std::string(ByteView(of->bytes).text(static_cast<std::uint64_t>(addend)));
  return std::string(without_number(*symbol)) + "+" + std::to_string(addend);
}

std::uint64_t CoffImages::add_relocations(
    const Extent& extent, bool with_sizes,
    const std::unordered_map<Address, std::string>* masked) const {
  std::uint64_t hash = 0;
  for (const CoffRelocation& relocation : extent.section->relocations) {
    if (relocation.at < extent.begin || relocation.at >= extent.end)
      continue;
    hash = combine(combine(hash, relocation.at - extent.begin),
                   hash_of(meaning(extent, relocation, masked)));
    const auto target =
        with_sizes ? image_.target(*extent.unit, *extent.section, relocation) : std::nullopt;
    const Symbol* variable = target ? covering(symbols_.symbols.variables, *target) : nullptr;
    if (variable != nullptr)
      hash = combine(hash, variable->size);
  }
  return hash;
}

std::uint64_t CoffImages::hash(const CoffSymbols::Origin& origin, std::uint64_t size,
                               bool with_sizes) const {
  const Extent where = extent(origin, size);
  if (where.section->is_zero() || where.end <= where.begin)
    return 0;
  const auto bytes = where.section->bytes.subspan(where.begin, where.end - where.begin);
  const std::uint64_t relocations = add_relocations(where, with_sizes, nullptr);
  if (relocations == 0 &&
      std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; }))
    return 0;
  const std::uint64_t result = combine(relocations, hash_of(text_of(bytes)));
  return result != 0 ? result : 1;
}

std::uint64_t CoffImages::body(const CoffSymbols::Origin& origin, std::uint64_t size,
                               const std::unordered_map<Address, std::string>& masked) const {
  const Extent where = extent(origin, size);
  const auto bytes = where.section->bytes.subspan(where.begin, where.end - where.begin);
  const std::uint64_t result =
      combine(add_relocations(where, false, &masked), hash_of(text_of(bytes)));
  return result != 0 ? result : 1;
}

std::vector<std::string> CoffImages::slots(const CoffSymbols::Origin& origin,
                                           std::uint64_t size) const {
  const Extent where = extent(origin, size);
  std::vector<std::string> slots((where.end - where.begin) / sizeof(Address));
  for (const CoffRelocation& relocation : where.section->relocations) {
    const CoffSymbol* symbol = where.unit->unit->object.symbol(relocation.symbol);
    if (symbol == nullptr || relocation.at < where.begin || relocation.at >= where.end)
      continue;
    const std::uint64_t slot = (relocation.at - where.begin) / sizeof(Address);
    if (slot < slots.size())
      slots[slot] = without_number(*symbol);
  }
  return slots;
}

}  // namespace hrwatch::analysis
