#include "analysis/coff_symbols.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "analysis/content_hash.h"
#include "analysis/symbol_names.h"

namespace hrwatch::analysis {
namespace {

enum class Use : std::uint8_t { other, code, variables, constants, thread_locals };

Use use_of(const CoffSection& section) {
  if (section.is_code())
    return Use::code;
  if (section.name.starts_with(".tls"))
    return Use::thread_locals;
  if (section.is_writable())
    return Use::variables;
  // Stubs by which mingw's code reaches variables that may be another library's.
  return section.name.starts_with(".rdata$.refptr") ? Use::other : Use::constants;
}

bool is_named(const CoffSymbol& symbol, const CoffSection& section) {
  return !symbol.name.empty() && symbol.name != section.name && !symbol.name.starts_with('.') &&
         (symbol.is_external() || symbol.is_local());
}

struct Found {
  Symbol symbol;
  CoffSymbols::Origin origin;
};

// By address, global before local, then by name: as read_symbols() has them.
void put(std::vector<Found>& found, std::vector<Symbol>& symbols,
         std::vector<CoffSymbols::Origin>& origins) {
  std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    const auto key = [](const Found& f) {
      return std::tuple(f.symbol.address, f.symbol.binding == Binding::local, f.symbol.name);
    };
    return key(a) < key(b);
  });
  for (const Found& one : found) {
    symbols.push_back(one.symbol);
    origins.push_back(one.origin);
  }
}

class Reader {
 public:
  explicit Reader(const LinkedImage& image) : image_(image) {
    for (const core::PeExport& one : image.image().exports)
      exports_.insert(one.name);
    result_.symbols.files.emplace_back();
  }

  CoffSymbols read() {
    ClassLayouts layouts;
    std::vector<std::string> names;
    const auto& units = image_.units();
    for (std::uint32_t i = 0; i < units.size(); ++i) {
      layouts.add(units[i].unit->facts.classes, i);
      names.push_back(units[i].unit->facts.unit);
      result_.symbols.files.emplace_back(units[i].unit->facts.unit);
      read_symbols(i);
    }
    put(functions_, result_.symbols.functions, result_.functions);
    put(variables_, result_.symbols.variables, result_.variables);
    put(constants_, result_.symbols.constants, result_.constants);
    put(thread_locals_, result_.symbols.thread_locals, result_.thread_locals);
    auto types = layouts.resolve(names);
    std::uint64_t digest = types.size();
    for (const auto& [name, layout] : types)
      digest = combine(combine(digest, hash_of(name)), layout.hash);
    result_.debug.types = TypeLayouts(std::move(types), digest);
    for (std::uint32_t i = 0; i < units.size(); ++i)
      add_facts(i, layouts);
    sort_facts();
    return std::move(result_);
  }

 private:
  void read_symbols(std::uint32_t number) {
    const LinkedUnit& unit = image_.units()[number];
    const auto& symbols = unit.unit->object.symbols;
    const Starts starts = starts_of(unit);
    for (std::uint32_t i = 0; i < symbols.size(); ++i) {
      const CoffSymbol& one = symbols[i];
      const CoffSection* section = unit.section_of(one);
      if (section == nullptr || !is_named(one, *section) || unit.place_of(one) == 0)
        continue;
      const Use use = use_of(*section);
      if (use == Use::code ? !one.is_function() : one.is_function())
        continue;
      Found found{{}, {number, i}};
      Symbol& symbol = found.symbol;
      symbol.name = one.name;
      symbol.address = unit.place_of(one);
      symbol.size = size_of(unit, one, starts);
      symbol.binding = one.is_local()         ? Binding::local
                       : section->is_shared() ? Binding::weak
                                              : Binding::global;
      symbol.exported = !one.is_local() && exports_.count(std::string(one.name)) != 0;
      symbol.zero = section->is_zero();
      symbol.file = number + 1;
      symbol.clone = use == Use::code && is_clone(one.name);
      add(use, std::move(found));
    }
  }

  // Where symbols of each section stand, in order.
  using Starts = std::vector<std::vector<std::uint32_t>>;

  static Starts starts_of(const LinkedUnit& unit) {
    Starts starts(unit.places.size());
    for (const CoffSymbol& symbol : unit.unit->object.symbols)
      if (unit.section_of(symbol) != nullptr && !symbol.name.empty())
        starts[static_cast<std::size_t>(symbol.section) - 1].push_back(symbol.value);
    for (auto& list : starts)
      std::sort(list.begin(), list.end());
    return starts;
  }

  // Up to the next symbol of the section, or its end.
  static std::uint64_t size_of(const LinkedUnit& unit, const CoffSymbol& symbol,
                               const Starts& starts) {
    const auto& list = starts[static_cast<std::size_t>(symbol.section) - 1];
    const auto next = std::upper_bound(list.begin(), list.end(), symbol.value);
    const std::uint64_t end = unit.section_of(symbol)->size;
    return (next == list.end() ? end : std::min<std::uint64_t>(*next, end)) - symbol.value;
  }

  void add(Use use, Found found) {
    switch (use) {
      case Use::code:
        functions_.push_back(std::move(found));
        break;
      case Use::variables:
        variables_.push_back(std::move(found));
        break;
      case Use::constants:
        constants_.push_back(std::move(found));
        break;
      case Use::thread_locals:
        found.symbol.address -= image_.thread_local_section().value_or(0);
        thread_locals_.push_back(std::move(found));
        break;
      case Use::other:
        break;
    }
  }

  void add_facts(std::uint32_t number, const ClassLayouts& layouts) {
    const LinkedUnit& unit = image_.units()[number];
    const CoffFacts& facts = unit.unit->facts;
    for (const CoffFacts::Function& fact : facts.functions) {
      const CoffSymbol* symbol = unit.unit->object.symbol(fact.symbol);
      const Address address = symbol != nullptr ? unit.place_of(*symbol) : 0;
      if (address != 0)
        result_.debug.functions.push_back({address,
                                           unit.unit->content,
                                           facts.unit,
                                           {},
                                           fact.prototype,
                                           fact.prototype_hash,
                                           !symbol->name.starts_with("_Z"),
                                           layouts.hash(fact.closure, number)});
    }
    for (const CoffFacts::Variable& fact : facts.variables) {
      const CoffSymbol* symbol = unit.unit->object.symbol(fact.symbol);
      const CoffSection* section = symbol != nullptr ? unit.section_of(*symbol) : nullptr;
      const Address address = section != nullptr ? unit.place_of(*symbol) : 0;
      if (address == 0)
        continue;
      DebugInfo::VariableFact variable;
      variable.thread_local_ = use_of(*section) == Use::thread_locals;
      variable.address =
          variable.thread_local_ ? address - image_.thread_local_section().value_or(0) : address;
      variable.name = fact.name;
      variable.scope = fact.scope;
      variable.unit = facts.unit;
      variable.type = fact.type;
      variable.type_hash = layouts.hash(fact.shape, number);
      result_.debug.variables.push_back(std::move(variable));
    }
  }

  void sort_facts() {
    auto& functions = result_.debug.functions;
    std::stable_sort(functions.begin(), functions.end(),
                     [](const auto& a, const auto& b) { return a.low_pc < b.low_pc; });
    auto& variables = result_.debug.variables;
    std::stable_sort(variables.begin(), variables.end(), [](const auto& a, const auto& b) {
      return std::tie(a.thread_local_, a.address, a.name) <
             std::tie(b.thread_local_, b.address, b.name);
    });
  }

  const LinkedImage& image_;
  std::set<std::string, std::less<>> exports_;
  CoffSymbols result_;
  std::vector<Found> functions_, variables_, constants_, thread_locals_;
};

}  // namespace

CoffSymbols read_coff_symbols(const LinkedImage& image) {
  return Reader(image).read();
}

}  // namespace hrwatch::analysis
