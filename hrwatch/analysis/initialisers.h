// The static initialisers of a library (.init_array): which variables each of them builds or
// touches. Knows no earlier build.
#pragma once

#include <utility>
#include <vector>

#include "analysis/description.h"
#include "analysis/elf_image.h"
#include "analysis/names.h"
#include "analysis/symbols.h"

namespace hrwatch::analysis {

// An operand in an initialiser (or in a step of it) that names a variable, directly or by way of
// the global offset table.
struct Touch {
  Address at = 0;              // of the instruction
  std::uint32_t variable = 0;  // counts Symbols::variables
};

struct InitialiserTouches {
  Initialiser initialiser;  // without statements
  // The functions that make it up: its own and the compiler's helpers that it calls, as
  // [begin, end), with what they touch.
  std::vector<std::pair<Address, Address>> bodies;
  std::vector<Touch> touches;
};

// Only helpers that the compiler made are followed: what a user's function touches is not built by
// the initialiser that calls it. Cost: decodes the initialisers.
std::vector<InitialiserTouches> find_initialisers(const ElfImage& image, const Symbols& symbols);

}  // namespace hrwatch::analysis
