#include "analysis/coff_type_uses.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace hrwatch::analysis {
namespace {

using Index = TypeUses::Index;

void add(std::vector<Index>& list, Index index) {
  if (index != TypeUses::none && std::find(list.begin(), list.end(), index) == list.end())
    list.push_back(index);
}

// operator new and operator new[] (Itanium C++ ABI 5.1.5.3, where size_t is unsigned long long);
// those that take a place make no memory.
bool allocates(std::string_view function) {
  constexpr std::array names = {std::string_view("malloc"), std::string_view("calloc"),
                                std::string_view("realloc"), std::string_view("_aligned_malloc")};
  if (function == "_ZnwyPv" || function == "_ZnayPv")
    return false;
  return function.starts_with("_Znwy") || function.starts_with("_Znay") ||
         std::find(names.begin(), names.end(), function) != names.end();
}

// A type without its qualifiers, arrays and pointers.
struct Stripped {
  Index holds = TypeUses::none;  // none: a number, a function
  bool through_pointer = false;
  bool only_pointer = true;  // one pointer or reference at the most, no array
};

// "std::list<app::Enemy *, int>" -> "app::Enemy", "int": what stands at the outermost level.
std::vector<std::string> template_arguments(const std::string& name) {
  std::vector<std::string> arguments;
  const std::size_t open = name.find('<');
  int depth = 0;
  for (std::size_t begin = open + 1, i = open; i < name.size() && open != std::string::npos; ++i) {
    depth += name[i] == '<' || name[i] == '(' ? 1 : name[i] == '>' || name[i] == ')' ? -1 : 0;
    if ((name[i] == ',' && depth == 1) || depth == 0) {
      std::string argument = name.substr(begin, i - begin);
      while (!argument.empty() &&
             (argument.back() == '*' || argument.back() == '&' || argument.back() == ' '))
        argument.pop_back();
      for (const std::string_view word : {" ", "const ", "volatile "})
        while (argument.starts_with(word))
          argument.erase(0, word.size());
      arguments.push_back(std::move(argument));
      begin = i + 1;
      if (depth == 0)
        break;
    }
  }
  return arguments;
}

class Reader {
 public:
  explicit Reader(const LinkedImage& image) : image_(image) {
    uses_.classes.push_back({"void", {}, {}, false, 0, {}, false});
  }

  TypeUses read() {
    for (const LinkedUnit& unit : image_.units()) {
      CodeViewTypes types = coff_types(unit.unit->object);
      types_ = &types;
      indices_.clear();
      const auto [first, last] = types.range();
      for (CodeViewIndex type = first; type < last; ++type)
        if (types.is_definition(type))
          class_of(type);
      read_symbols(unit);
      find_allocations(unit);
    }
    hold_arguments();
    std::sort(uses_.functions.begin(), uses_.functions.end(),
              [](const auto& a, const auto& b) { return a.address < b.address; });
    return std::move(uses_);
  }

 private:
  Stripped strip(CodeViewIndex type) {
    Stripped result;
    int indirections = 0;
    for (int depth = 0; depth < 64; ++depth) {
      const CodeViewTypes::Parts parts = types_->parts(type);
      if (parts.is_class || parts.is_enumeration) {
        result.holds = class_of(type);
        break;
      }
      result.through_pointer |= parts.pointer;
      indirections += parts.pointer ? 1 : 0;
      result.only_pointer &= !parts.array && indirections <= 1;
      if (parts.target == 0 || parts.target == type || !parts.arguments.empty())
        break;
      type = parts.target;
      if (type == void_type) {
        result.holds = result.through_pointer ? 0 : TypeUses::none;
        break;
      }
    }
    result.only_pointer &= result.through_pointer;
    return result;
  }

  Index class_of(CodeViewIndex type) {
    type = types_->defined(type);
    if (const auto known = indices_.find(type); known != indices_.end())
      return known->second;
    const std::string name = types_->class_name(type);
    const auto [place, added] = names_.try_emplace(name, static_cast<Index>(uses_.classes.size()));
    const Index index = place->second;
    indices_.emplace(type, index);
    if (added)
      uses_.classes.push_back({name, {}, {}, false, 0, {}, false});
    if (types_->is_definition(type) && !std::exchange(complete_[name], true))
      read_class(type, index);
    return index;
  }

  void read_class(CodeViewIndex type, Index index) {
    const CodeViewTypes::Parts parts = types_->parts(type);
    uses_.classes[index].size = types_->size(type);
    uses_.classes[index].polymorphic = parts.polymorphic;
    uses_.classes[index].copied_by_code = parts.copied_by_code;
    for (const CodeViewIndex member : parts.members) {
      const Stripped what = strip(member);  // which may add classes: the list is found anew
      TypeUses::Class& owner = uses_.classes[index];
      add(owner.holds, what.holds);
      if (!what.through_pointer)
        add(owner.parts, what.holds);
    }
    for (const CodeViewIndex base : parts.bases) {
      const Index which = strip(base).holds;
      add(uses_.classes[index].bases, which);
    }
  }

  void read_symbols(const LinkedUnit& unit) {
    const auto place = [&](std::uint32_t symbol) {
      const CoffSymbol* found = unit.unit->object.symbol(symbol);
      return found != nullptr && unit.section_of(*found) != nullptr ? unit.place_of(*found) : 0;
    };
    for (const CoffFacts::Variable& fact : unit.unit->facts.variables) {
      const Address address = place(fact.symbol);
      const Stripped type = strip(fact.type_index);
      if (address == 0 || type.holds == TypeUses::none)
        continue;
      const bool thread_local_ =
          unit.section_of(unit.unit->object.symbols[fact.symbol])->name.starts_with(".tls");
      uses_.variables.push_back(
          {thread_local_ ? address - image_.thread_local_section().value_or(0) : address,
           thread_local_,
           {type.holds},
           type.only_pointer ? type.holds : TypeUses::none,
           type.through_pointer ? TypeUses::none : type.holds});
    }
    for (const CoffFacts::Function& fact : unit.unit->facts.functions) {
      TypeUses::Function function;
      function.address = place(fact.symbol);
      if (function.address == 0)
        continue;
      function.size = fact.size;
      function.name = unit.unit->object.symbols[fact.symbol].name;
      for (const CodeViewIndex argument : types_->parts(fact.type_index).arguments)
        add(function.signature, strip(argument).holds);
      for (const CodeViewIndex local : fact.locals) {
        const Stripped type = strip(local);
        add(type.through_pointer ? function.pointers : function.values, type.holds);
      }
      if (!function.signature.empty() || !function.values.empty() || !function.pointers.empty())
        uses_.functions.push_back(std::move(function));
    }
  }

  // How much is asked for, only the code says, which is not decoded: as much as it likes.
  void find_allocations(const LinkedUnit& unit) {
    const CoffObject& object = unit.unit->object;
    for (const CoffFacts::Function& fact : unit.unit->facts.functions) {
      const CoffSymbol* function = object.symbol(fact.symbol);
      const CoffSection* section = function != nullptr ? unit.section_of(*function) : nullptr;
      if (section == nullptr || unit.place_of(*function) == 0)
        continue;
      const bool any = std::any_of(
          section->relocations.begin(), section->relocations.end(), [&](const auto& relocation) {
            const CoffSymbol* callee = object.symbol(relocation.symbol);
            return callee != nullptr && relocation.at >= function->value &&
                   relocation.at - function->value < fact.size &&
                   allocates(callee->name.starts_with("__imp_") ? callee->name.substr(6)
                                                                : callee->name);
          });
      if (any)
        uses_.allocations.push_back({unit.place_of(*function), 0});
    }
  }

  // Containers lead to what they are made for, whatever their members say.
  void hold_arguments() {
    for (Index i = 1; i < uses_.classes.size(); ++i) {
      for (const std::string& argument : template_arguments(uses_.classes[i].name)) {
        const auto known = names_.find(argument);
        if (known != names_.end())
          add(uses_.classes[i].holds, known->second);
      }
    }
  }

  static constexpr CodeViewIndex void_type = 3;

  const LinkedImage& image_;
  TypeUses uses_;
  CodeViewTypes* types_ = nullptr;
  std::unordered_map<CodeViewIndex, Index> indices_;  // of this unit
  std::unordered_map<std::string, Index> names_;      // of all units
  std::unordered_map<std::string, bool> complete_;    // whose members are known
};

}  // namespace

TypeUses coff_type_uses(const LinkedImage& image) {
  return Reader(image).read();
}

}  // namespace hrwatch::analysis
