// Variables that leave their storage for larger or otherwise laid out one, in the instant in which
// new code goes live: only where nothing points into the old one. Knows no type beyond what the
// tool says of it.
#pragma once

#include <string>
#include <vector>

#include "src/prepare.h"

namespace hr::runtime {

// Looks through the program's memory. Errors: something may point into old storage, or a variable
// may not move here and now; nothing happened then. Cost: see MemorySearch; nothing without moves.
wire::Result<wire::Done> check_moves(const Prepared& prepared);

// Fills the new storage, which its initialisers have made, from the old one. Returns what happened,
// a line each. No way back.
std::vector<std::string> carry_out_moves(const Prepared& prepared);

}  // namespace hr::runtime
