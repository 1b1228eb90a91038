// The patchable entry of a function (-fpatchable-function-entry=8,6): six bytes before it that can
// hold `jmp *slot(%rip)`, and a 2-byte NOP at it that can become a short jump to those. Only x86-64
// code bytes; knows no module.
#pragma once

#include <vector>

#include "src/loaded_image.h"
#include "src/raw_memory.h"
#include "wire/result.h"
#include "wire/rewiring.h"

namespace hr::runtime {

// An entry that is to lead through a slot.
struct Forwarding {
  Pointer entry = 0;
  Pointer nop = 0;   // `entry`, or 4 bytes later behind an endbr64
  Pointer slot = 0;  // of the 8-byte word that holds the address to run
};

// True when the bytes there are a patchable entry (forwarding already or not) and `slot` is in
// reach.
bool can_forward(const Forwarding& forwarding);

// First half: the jump through the slot, in bytes that nobody executes yet.
void write_slot_jump(const Forwarding& forwarding);
// Second half: one aligned 2-byte store; every call from now on goes through the slot.
void divert_entry(const Forwarding& forwarding);

// The jump of an entry that leads to an older body, in link-time addresses: `jump` and 4 bytes of
// distance from `behind_jump` at `area`, `short_jump` at the NOP.
struct LeadBackCode {
  wire::Address area = 0;
  std::size_t area_size = 0;  // bytes
  wire::Address behind_jump = 0;
  std::uint8_t jump = 0;
  std::uint16_t short_jump = 0;
};

LeadBackCode lead_back_code(const wire::LeadBack& lead);

// The NOPs at entries that are two 1-byte ones (90 90) instead of one of 2 bytes: a thread could
// stand between the two. `begin` to `end` are starts of areas, as in __patchable_function_entries;
// where the compiler makes areas of 1-byte NOPs, those that are not listed are found in the code
// (cost: one load per 16 bytes of it).
std::vector<Pointer> split_nops(const LoadedImage& image, const void* const* begin,
                                const void* const* end);

// The entries of a module as it was built.
struct BuiltEntries {
  bool any = false;
  std::vector<Pointer> split;  // as split_nops() has them
};

// `begin` to `end` as the module says it: null where the linker lists none, on a platform whose
// libraries have no such list. Thread: the one that loads the library.
BuiltEntries built_entries(const LoadedImage& image, const void* const* begin,
                           const void* const* end);

// Makes one NOP of the two. Only while no other thread can run that function.
void join_nop(Pointer nop);

}  // namespace hr::runtime
