// What code and data of a library refer to, by the relocations of its object files: exact, where
// the library alone says addresses. Knows no debug info.
#pragma once

#include <vector>

#include "analysis/coff_symbols.h"
#include "analysis/description.h"
#include "analysis/linked_image.h"

namespace hrwatch::analysis {

struct CoffReferences {
  std::vector<CodeReference> code;  // by address
  std::vector<DataReference> data;  // by address
};

// Cost: linear in relocations.
CoffReferences find_coff_references(const LinkedImage& image, const CoffSymbols& symbols);

// The static initialisers of all units, with what they touch.
std::vector<Initialiser> find_coff_initialisers(const LinkedImage& image,
                                                const CoffSymbols& symbols);

}  // namespace hrwatch::analysis
