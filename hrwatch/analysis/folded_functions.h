// Functions of different names that the linker gave one body because their code was equal
// (identical code folding). Knows no other problem of a library.
#pragma once

#include <filesystem>
#include <string>

#include "analysis/symbols.h"

namespace hrwatch::analysis {

// "a and b" for the first such pair, "" = none. Aliases and the variants of a constructor or
// destructor share a body too, by right: only debug info tells that each of a pair was compiled
// with one of its own. Cost: one pass over the functions; reads debug info only where two names
// share an address.
std::string folded_functions(const std::filesystem::path& library, const Symbols& symbols);

}  // namespace hrwatch::analysis
