// The instant in which new code goes live. Knows no loading: everything it does was checked before.
#pragma once

#include "src/prepare.h"

namespace hr::runtime {

// Migrates objects of changed layouts, runs new initialisers, copies edited images, fills slots and
// diverts superseded entries of all modules; from then on every call reaches the new generation.
// Page rights stay until `prepared` is destroyed. Errors: an object can't be migrated, an
// initialiser threw, or a module was unloaded meanwhile; nothing old was touched then, but what
// that initialiser did itself stays done. Thread: any, one at a time; other threads may be running
// the module. Cost: a few stores a function, microseconds in all.
wire::Result<wire::Done> commit(Prepared& prepared);

}  // namespace hr::runtime
