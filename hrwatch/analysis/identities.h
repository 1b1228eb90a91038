// Who is who across builds: turns symbols and debug info into the functions, variables and
// constants of a description, with the keys by which later builds are matched. Knows no code and no
// data.
#pragma once

#include "analysis/closures.h"
#include "analysis/debug_info.h"
#include "analysis/description.h"
#include "analysis/symbols.h"

namespace hrwatch::analysis {

// Fills functions, variables, thread_locals and constants of `description`, index by index as in
// `symbols`: names, keys, places, source facts. Hashes and entries stay empty. Cost: linear.
void identify(const Symbols& symbols, const DebugInfo& debug, Description& description);

// Then: gives what has the name of another thing a key of its own. Closures get their groups and
// the layout of what they capture, statics of one name their ordinal. Cost: linear.
void tell_twins_apart(const Symbols& symbols, const std::vector<ClosureFunction>& closures,
                      const DebugInfo& debug, Description& description);

}  // namespace hrwatch::analysis
