#include "analysis/coff_references.h"

#include <algorithm>
#include <optional>

#include "analysis/symbol_names.h"

namespace hrwatch::analysis {
namespace {

constexpr std::byte lea{0x8D};

// `lea reg, [rip + operand]` (Intel SDM, LEA; ModRM with mod 0 and r/m 5).
bool takes_address(const CoffSection& section, std::uint32_t operand) {
  return operand >= 2 && operand <= section.bytes.size() && section.bytes[operand - 2] == lea &&
         (section.bytes[operand - 1] & std::byte{0xC7}) == std::byte{0x05};
}

class Finder {
 public:
  Finder(const LinkedImage& image, const CoffSymbols& symbols) : image_(image), symbols_(symbols) {}

  CoffReferences find() {
    for (const LinkedUnit& unit : image_.units()) {
      const auto& sections = unit.unit->object.sections;
      for (std::size_t i = 0; i < sections.size(); ++i)
        if (unit.places[i] != 0)
          read(unit, sections[i], unit.places[i]);
    }
    const auto by_place = [](const auto& a, const auto& b) {
      return a.at < b.at;
    };
    std::sort(found_.code.begin(), found_.code.end(), by_place);
    std::sort(found_.data.begin(), found_.data.end(), by_place);
    return std::move(found_);
  }

 private:
  void read(const LinkedUnit& unit, const CoffSection& section, Address place) {
    for (const CoffRelocation& relocation : section.relocations) {
      const bool word = relocation.kind == CoffRelocationKind::address_64;
      if (!word && !(relocation.is_relative() && section.is_code()))
        continue;
      const CoffSymbol* symbol = unit.unit->object.symbol(relocation.symbol);
      const auto start = symbol != nullptr ? image_.address(unit, *symbol) : std::nullopt;
      if (!start)
        continue;
      const Address target = *start + static_cast<std::uint64_t>(coff_addend(section, relocation));
      const std::uint32_t variable = variable_at(*start);
      if (word)
        found_.data.push_back(
            {place + relocation.at, target, DataReferenceKind::relative, variable});
      else
        add_operand(section, place, relocation, *start, target, variable);
    }
  }

  void add_operand(const CoffSection& section, Address place, const CoffRelocation& relocation,
                   Address start, Address target, std::uint32_t variable) {
    const bool address_taken = takes_address(section, relocation.at);
    const bool wanted = variable != unnamed_variable || (address_taken && target == start &&
                                                         (is_function(target) || is_type(target)));
    if (!wanted)
      return;
    const Symbol* function = covering(symbols_.symbols.functions, place + relocation.at);
    found_.code.push_back({place + relocation.at, target, -relocation.behind(),
                           function != nullptr ? static_cast<std::uint32_t>(
                                                     function - symbols_.symbols.functions.data())
                                               : unnamed_variable,
                           address_taken, variable});
  }

  std::uint32_t variable_at(Address start) const {
    const auto& list = symbols_.symbols.variables;
    const Symbol* variable = starting_at(list, start);
    return variable != nullptr ? static_cast<std::uint32_t>(variable - list.data())
                               : unnamed_variable;
  }

  bool is_function(Address target) const {
    const Symbol* function = starting_at(symbols_.symbols.functions, target);
    return function != nullptr && !function->clone;
  }

  bool is_type(Address target) const {
    const Symbol* constant = starting_at(symbols_.symbols.constants, target);
    return constant != nullptr && is_type_identity(constant->name);
  }

  const LinkedImage& image_;
  const CoffSymbols& symbols_;
  CoffReferences found_;
};

// What clang calls the parts of a unit's static initialisation.
bool is_step(std::string_view name) {
  return name.starts_with("__cxx_global_var_init") || name.starts_with("_GLOBAL__");
}

class Walk {
 public:
  Walk(const LinkedImage& image, const CoffSymbols& symbols) : image_(image), symbols_(symbols) {}

  Initialiser read(const LinkedUnit& unit, Address function) const {
    Initialiser result;
    result.function = function;
    const Symbol* symbol = starting_at(symbols_.symbols.functions, function);
    result.name = symbol != nullptr ? symbol->name : std::string_view();
    add_touches(unit, function, result.variables);
    for_each_operand(unit, function,
                     [&](const CoffSection& section, const CoffRelocation& relocation, Address at,
                         Address target) {
                       const Symbol* step = starting_at(symbols_.symbols.functions, target);
                       if (step == nullptr || !is_step(step->name) || relocation.at == 0 ||
                           section.bytes[relocation.at - 1] != std::byte{0xE8})
                         return;
                       Initialiser::Statement statement;  // the call
                       statement.begin = at - 1;
                       statement.end = at + 4;
                       add_touches(unit, target, statement.variables);
                       for (const std::uint32_t variable : statement.variables)
                         result.variables.push_back(variable);
                       tidy(statement.variables);
                       result.statements.push_back(std::move(statement));
                     });
    tidy(result.variables);
    std::sort(result.statements.begin(), result.statements.end(),
              [](const auto& a, const auto& b) { return a.begin < b.begin; });
    return result;
  }

 private:
  static void tidy(std::vector<std::uint32_t>& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }

  // Calls `visit` with each relocated operand or word of the function at `address`.
  template <class Visit>
  void for_each_operand(const LinkedUnit& unit, Address address, Visit visit) const {
    const Symbol* function = starting_at(symbols_.symbols.functions, address);
    const auto& sections = unit.unit->object.sections;
    for (std::size_t i = 0; function != nullptr && i < sections.size(); ++i) {
      const Address place = unit.places[i];
      if (place == 0 || address < place || address - place >= sections[i].size)
        continue;
      for (const CoffRelocation& relocation : sections[i].relocations) {
        const Address at = place + relocation.at;
        const auto target = image_.target(unit, sections[i], relocation);
        if (target && at >= address && at - address < function->size)
          visit(sections[i], relocation, at, *target);
      }
    }
  }

  void add_touches(const LinkedUnit& unit, Address function,
                   std::vector<std::uint32_t>& variables) const {
    for_each_operand(unit, function,
                     [&](const CoffSection&, const CoffRelocation&, Address, Address target) {
                       const auto& list = symbols_.symbols.variables;
                       const Symbol* variable = covering(list, target);
                       if (variable != nullptr)
                         variables.push_back(static_cast<std::uint32_t>(variable - list.data()));
                     });
  }

  const LinkedImage& image_;
  const CoffSymbols& symbols_;
};

}  // namespace

CoffReferences find_coff_references(const LinkedImage& image, const CoffSymbols& symbols) {
  return Finder(image, symbols).find();
}

std::vector<Initialiser> find_coff_initialisers(const LinkedImage& image,
                                                const CoffSymbols& symbols) {
  const Walk walk(image, symbols);
  std::vector<Initialiser> found;
  for (const LinkedUnit& unit : image.units()) {
    for (const LinkedUnit::InitialiserWord& word : unit.initialisers) {
      found.push_back(walk.read(unit, word.function));
      found.back().word = word.at;
    }
  }
  return found;
}

}  // namespace hrwatch::analysis
