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
  std::vector<CodeReference> references;    // by `at`; `function` counts Symbols::functions
  std::vector<hr::wire::Failure> problems;  // functions that are not all code
};

// Operands that nobody would patch (.got, .rodata, calls) are left out.
// Cost: a byte scan of .text; only functions in which something can be found are decoded. Two
// threads.
CodeReferences find_code_references(const ElfImage& image, const Symbols& symbols);

// A typeinfo object or typeinfo name (Itanium C++ ABI 5.1.4.1).
bool is_type_identity(const Symbol& constant);

// A copy of a function that the optimiser made or cut out, a coroutine's part, an OpenMP body, or a
// step of static initialisation: its meaning depends on the one build it is from.
bool is_clone(std::string_view name);

}  // namespace hrwatch::analysis
