#include "analysis/initialisers.h"

#include <algorithm>
#include <array>

#include "analysis/instructions.h"

namespace hrwatch::analysis {
namespace {

// What g++ and clang call the parts of a unit's static initialisation.
bool is_step(std::string_view name) {
  constexpr std::array steps = {std::string_view("_Z41__static_initialization_and_destruction_0"),
                                std::string_view("__static_initialization_and_destruction_0"),
                                std::string_view("__cxx_global_var_init"),
                                std::string_view("_GLOBAL__")};
  return std::any_of(steps.begin(), steps.end(),
                     [name](std::string_view step) { return name.starts_with(step); });
}

class Walk {
 public:
  Walk(const ElfImage& image, const Symbols& symbols)
      : image_(image), symbols_(symbols), names_(image, symbols) {}

  InitialiserTouches operator()(const Symbol& function) const {
    InitialiserTouches found;
    found.initialiser.function = function.address;
    found.initialiser.name = function.name;
    std::vector<const Symbol*> bodies{&function};
    for (std::size_t i = 0; i < bodies.size(); ++i)
      read(*bodies[i], found, bodies);
    for (const Symbol* body : bodies)
      found.bodies.emplace_back(body->address, body->address + body->size);
    auto& variables = found.initialiser.variables;
    for (const Touch& touch : found.touches)
      variables.push_back(touch.variable);
    std::sort(variables.begin(), variables.end());
    variables.erase(std::unique(variables.begin(), variables.end()), variables.end());
    return found;
  }

 private:
  void read(const Symbol& function, InitialiserTouches& found,
            std::vector<const Symbol*>& bodies) const {
    InstructionReader reader(image_.bytes_at(function.address, function.size), function.address);
    for (Instruction instruction; reader.next(instruction);) {
      if (!instruction.refers)
        continue;
      if (instruction.branch) {
        const Symbol* callee = starting_at(symbols_.functions, instruction.target);
        if (callee && is_step(callee->name) &&
            std::find(bodies.begin(), bodies.end(), callee) == bodies.end())
          bodies.push_back(callee);
      } else if (const Symbol* variable = named_by(instruction.target)) {
        found.touches.push_back({instruction.address,
                                 static_cast<std::uint32_t>(variable - symbols_.variables.data())});
      }
    }
  }

  const Symbol* named_by(Address target) const {
    if (const Symbol* variable = covering(symbols_.variables, target))
      return variable;
    if (const auto word = names_.in_word(target); word && word->variable)
      return word->variable;
    return ending_at(symbols_.variables, target);
  }

  const ElfImage& image_;
  const Symbols& symbols_;
  const Names names_;
};

}  // namespace

std::vector<InitialiserTouches> find_initialisers(const ElfImage& image, const Symbols& symbols) {
  std::vector<InitialiserTouches> found;
  const Names names(image, symbols);
  const Walk walk(image, symbols);
  for (const Section& section : image.sections()) {
    if (section.type != SHT_INIT_ARRAY)
      continue;
    for (const Relocation& word : names.relocations_in(section.address, section.size))
      if (const Symbol* function = names.of(word).function)
        found.push_back(walk(*function));
  }
  return found;
}

}  // namespace hrwatch::analysis
