#include "src/undo.h"

namespace hr::runtime {

Pointer body_before(Pointer previous, const Forwarding* superseded) {
  constexpr Pointer nop_size = 2;
  if (superseded == nullptr)
    return previous;
  // The entry itself will lead through the slot: only what is behind its jump is the old function.
  // A slot that leads elsewhere was taken back before, and is right as it is.
  const bool own_body = previous == 0 || previous == superseded->entry;
  return own_body ? superseded->nop + nop_size : previous;
}

Forwarding own_entry(Pointer body, Pointer slot) {
  constexpr Pointer endbr64_size = 4;
  for (const Pointer nop : {body, body + endbr64_size}) {
    if (const Forwarding entry{body, nop, slot}; can_forward(entry))
      return entry;
  }
  return {body, 0, slot};
}

}  // namespace hr::runtime
