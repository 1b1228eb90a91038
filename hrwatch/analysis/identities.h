// Who is who across builds: turns symbols and debug info into the functions, variables and
// constants of a description, with the keys by which later builds are matched. Knows no code and no
// data.
#pragma once

#include "analysis/body_hashes.h"
#include "analysis/debug_info.h"
#include "analysis/description.h"
#include "analysis/symbols.h"

namespace hrwatch::analysis {

// Fills functions, variables, thread_locals and constants of `description`, index by index as in
// `symbols`: names, keys, places, source facts, closure groups. Hashes and entries stay empty.
// `masked` gets the functions whose names embed closures.
// Cost: linear; one demangling for each function whose name embeds a closure.
void identify(const Symbols& symbols, const DebugInfo& debug, Description& description,
              MaskedNames& masked);

}  // namespace hrwatch::analysis
