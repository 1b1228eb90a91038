// Cuts a unit's static initialiser into statements, one an object, where it can be proven that each
// may be jumped over. Knows no earlier build and decides nothing.
#pragma once

#include <span>
#include <vector>

#include "analysis/debug_info.h"
#include "analysis/description.h"
#include "analysis/elf_image.h"
#include "analysis/initialisers.h"

namespace hrwatch::analysis {

// `variables` as `initialiser.touches` counts them, with `declared`; `rows` by address.
// Empty when something is unclear: optimised code, several priorities, a jump from one statement
// into another, a register that carries a value over, an object whose statement can't be told.
// Thread: any. Cost: decodes the initialiser.
std::vector<Initialiser::Statement> split_statements(const ElfImage& image,
                                                     const InitialiserTouches& initialiser,
                                                     std::span<const Variable> variables,
                                                     std::span<const DebugInfo::LineRow> rows);

}  // namespace hrwatch::analysis
