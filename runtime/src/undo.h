// What a commit replaces, kept by the generation that replaces it: enough to take it back. Only
// addresses and bytes; knows no module and no reload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "src/entries.h"
#include "src/raw_memory.h"

namespace hr::runtime {

// The word of a slot, and the code that it leads to.
struct SlotStore {
  Pointer slot = 0;
  Pointer body = 0;
};

struct SavedBytes {
  Pointer at = 0;
  std::vector<std::byte> bytes;
};

struct Undo {
  std::vector<SlotStore> slots;       // where they led before; new functions have none
  std::vector<Forwarding> entries;    // of the generation itself: they will lead through the slots
  std::vector<SavedBytes> constants;  // of older generations, written over
  std::uint64_t commit = 0;           // those with one number went live together
  std::uint32_t before = 0;           // number of the generation whose code ran
  bool migrated = false;              // state was rebuilt: older code can't read it any more
};

// What withdrawing does to `store`'s slot, which leads to `previous` now (0: nowhere) and is about
// to take the place of `superseded` (nullptr: of nothing): the address to lead to, 0 = leave it.
Pointer body_before(Pointer previous, const Forwarding* superseded);

// The entry at `body` as one that leads through `slot`; its `nop` is 0 when it is not patchable.
Forwarding own_entry(Pointer body, Pointer slot);

}  // namespace hr::runtime
