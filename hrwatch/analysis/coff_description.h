// From a built Windows library, its .pdb and its object files to its description. Knows no file
// name but theirs, and no earlier build.
#pragma once

#include <memory>

#include "analysis/closures.h"
#include "analysis/description.h"
#include "analysis/linked_image.h"

namespace hrwatch::analysis {

// A library that can't be a generation gets a description with `problems`. Cost: linear in symbols
// and relocations.
std::shared_ptr<const Description> describe_image(const LinkedImage& image,
                                                  ClosureMemory& closures);

}  // namespace hrwatch::analysis
