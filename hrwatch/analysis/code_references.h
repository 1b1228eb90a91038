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

}  // namespace hrwatch::analysis
