#include "analysis/boundary.h"

#include <string>

#include "analysis/demangle.h"

namespace hrwatch::analysis {

std::optional<std::pair<std::size_t, std::size_t>> Boundaries::dispute(Address target) const {
  const std::size_t starting = index_.starting_at(target);
  const std::size_t ending = starting == no_symbol ? no_symbol : index_.ending_at(target);
  if (ending == no_symbol || moved_together(ending, starting)) {
    return std::nullopt;
  }
  return std::pair(ending, starting);
}

bool Boundaries::moved_together(std::size_t a, std::size_t b) const {
  const LivingVariable* one = judgement_.living[a];
  const LivingVariable* other = judgement_.living[b];
  if (one == nullptr || other == nullptr) {
    return one == other;
  }
  const auto& variables = judgement_.next.variables;
  // What the dynamic linker may have bound elsewhere need not stand beside its neighbour.
  return one->home.generation == other->home.generation && one->home.name.empty() &&
         other->home.name.empty() &&
         one->home.address - variables[a].address == other->home.address - variables[b].address;
}

// A variable with a word that the dynamic linker binds is reached through it, never relative to the
// code or to the library.
bool Boundaries::bound_by_loader(std::size_t variable) const {
  const Variable& one = judgement_.next.variables[variable];
  return one.exported && one.got != 0;
}

std::size_t Boundaries::ending_at(Address target) const {
  const std::size_t ending = index_.ending_at(target);
  return ending != no_symbol && bound_by_loader(ending) ? no_symbol : ending;
}

std::size_t Boundaries::settle(const std::optional<ObjectReferences::Target>& answer,
                               std::size_t ending, std::size_t starting) const {
  const auto& variables = judgement_.next.variables;
  if (answer && answer->variable == variables[ending].name) {
    return ending;
  }
  if (answer && answer->variable == variables[starting].name) {
    return starting;
  }
  // Only one that the dynamic linker does not bind can be meant.
  if (!answer && bound_by_loader(starting) != bound_by_loader(ending)) {
    return bound_by_loader(starting) ? ending : starting;
  }
  return no_symbol;
}

void Boundaries::refuse(const std::string& who, std::size_t ending, std::size_t starting) {
  if (!refused_.emplace(ending, starting).second) {
    return;
  }
  const auto& variables = judgement_.next.variables;
  const std::string end = demangle(variables[ending].name);
  const std::string start = demangle(variables[starting].name);
  judgement_.refuse(
      "can't tell which variable " + who + " means",
      "an address in it is the end of " + end + " and the start of " + start +
          ", which now live apart, and no object file says which",
      "compile the module with -fdata-sections (add_hot_module does) and keep its object files, or "
      "restart the program");
}

std::size_t Boundaries::meant_by(const CodeReference& reference) {
  if (reference.variable < judgement_.next.variables.size()) {
    return reference.variable;
  }
  const auto& functions = judgement_.next.functions;
  if (reference.address_taken && reference.function < functions.size()) {
    if (const auto disputed = dispute(reference.target)) {
      const auto [ending, starting] = *disputed;
      const Function& function = functions[reference.function];
      const std::size_t meant = settle(
          judgement_.objects.target(function, reference.at - function.address, reference.addend),
          ending, starting);
      if (meant == no_symbol) {
        refuse(demangle(function.name), ending, starting);
      }
      return meant;
    }
  }
  // Loads and stores read what starts there. (At -O1 and above an optimiser may fold a[i - 1] into
  // the address: such modules are told apart by their description's problems.)
  const std::size_t covering = index_.covering(reference.target);
  // Data without a symbol (a sanitizer's, say) may begin where a variable ends.
  return covering == no_symbol && reference.address_taken ? ending_at(reference.target) : covering;
}

std::size_t Boundaries::meant_by(const DataReference& reference) {
  if (reference.variable < judgement_.next.variables.size()) {
    return reference.variable;
  }
  // Only a relative relocation has lost its symbol.
  if (reference.kind == DataReferenceKind::relative) {
    if (const auto disputed = dispute(reference.target)) {
      const auto [ending, starting] = *disputed;
      const std::size_t holder = index_.covering(reference.at);
      std::optional<ObjectReferences::Target> answer;
      if (holder != no_symbol) {
        const Variable& variable = judgement_.next.variables[holder];
        answer = judgement_.objects.data_target(variable, reference.at - variable.address);
      }
      const std::size_t meant = settle(answer, ending, starting);
      if (meant == no_symbol) {
        refuse(holder == no_symbol ? std::string("a constant")
                                   : demangle(judgement_.next.variables[holder].name),
               ending, starting);
      }
      return meant;
    }
  }
  const std::size_t covering = index_.covering(reference.target);
  if (covering != no_symbol) {
    return covering;
  }
  return reference.kind == DataReferenceKind::relative ? ending_at(reference.target)
                                                       : index_.ending_at(reference.target);
}

}  // namespace hrwatch::analysis
