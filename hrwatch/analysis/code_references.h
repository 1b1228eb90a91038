// Every operand in the machine code that names a variable, takes the address of a function or of a
// type_info: what a reload re-points. Knows no earlier build.
#pragma once

#include <vector>

#include "analysis/description.h"
#include "analysis/elf_image.h"
#include "analysis/symbols.h"
#include "wire/result.h"

namespace hrwatch::analysis {

struct CodeReferences {
  std::vector<CodeReference> references;  // by `at`; `function` counts Symbols::functions
  // Operands that name the word by which a variable is reached: nobody patches them, but they tell
  // who uses it.
  std::vector<CodeReference> words;
  std::vector<hr::wire::Failure> problems;  // functions that are not all code
};

// Operands that name nothing of it (.rodata, calls, the rest of .got) are left out.
// Cost: a byte scan of .text; only functions in which something can be found are decoded. Two
// threads.
CodeReferences find_code_references(const ElfImage& image, const Symbols& symbols);

// A typeinfo object or typeinfo name (Itanium C++ ABI 5.1.4.1).
bool is_type_identity(const Symbol& constant);

// A step of static initialisation, or what undoes it: runs once.
bool is_initialisation_step(std::string_view name);

// A copy of a function that the optimiser made or cut out, a coroutine's part, an OpenMP body, or a
// step of static initialisation: its meaning depends on the one build it is from.
bool is_clone(std::string_view name);

}  // namespace hrwatch::analysis
