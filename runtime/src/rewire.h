// The two halves of a rewiring: what is written into the new copy at once, and what is only planned
// for living memory. Knows no file and no message.
#pragma once

#include "src/prepare.h"
#include "wire/rewiring.h"

namespace hr::runtime {

// Writes the code, data, TLS and byte patches into `plan.generation`, which nobody runs yet.
// Errors: a patch outside of it, a home out of reach, a TLS owner without TLS. Under
// module_memory().
wire::Result<wire::Done> rewire_copy(const wire::Rewiring& rewiring, const Addresses& homes,
                                     const ModulePlan& plan);

// Fills in the plan for the commit, and opens the pages of living memory that it will write.
// Errors: anything that is not as the rewiring says. Under module_memory().
wire::Result<wire::Done> plan_commit(const wire::Rewiring& rewiring, const Addresses& homes,
                                     ModulePlan& plan);

// Notes what the planned commit will replace, so that it can be taken back (undo.h). Under
// module_memory().
void plan_undo(const MemoryMap& map, ModulePlan& plan);

}  // namespace hr::runtime
