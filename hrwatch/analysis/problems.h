// What makes a library unfit to be a generation, each with its mend. Knows no earlier build.
#pragma once

#include <filesystem>
#include <vector>

#include "analysis/elf_image.h"
#include "analysis/entries.h"
#include "analysis/symbols.h"
#include "wire/result.h"

namespace hrwatch::analysis {

// Problems that the file, its symbols and its relocations show; debug info has its own
// (DebugInfo::problems), and so has code (CodeReferences::problems).
std::vector<hr::wire::Failure> find_problems(const std::filesystem::path& library,
                                             const ElfImage& image, const Symbols& symbols,
                                             const Entries& entries);

}  // namespace hrwatch::analysis
