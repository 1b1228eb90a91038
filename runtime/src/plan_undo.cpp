#include <algorithm>
#include <unordered_map>

#include "src/rewire.h"

namespace hr::runtime {
namespace {

// Several names may stand at one entry (C1 and C2 constructors): it gets one jump, through the
// slot of the first, as the tool chooses it.
void keep_one_a_place(std::vector<Forwarding>& entries) {
  std::sort(entries.begin(), entries.end(), [](const Forwarding& a, const Forwarding& b) {
    return a.entry != b.entry ? a.entry < b.entry : a.slot < b.slot;
  });
  const auto end =
      std::unique(entries.begin(), entries.end(),
                  [](const Forwarding& a, const Forwarding& b) { return a.entry == b.entry; });
  entries.erase(end, entries.end());
}

}  // namespace

void plan_undo(const MemoryMap& map, ModulePlan& plan) {
  std::unordered_map<Pointer, const Forwarding*> superseded;
  for (const Forwarding& forwarding : plan.forwardings)
    superseded.emplace(forwarding.slot, &forwarding);
  Undo& undo = plan.generation->undo;
  undo.slots.reserve(plan.slots.size());
  undo.entries.reserve(plan.slots.size());
  for (const SlotStore& store : plan.slots) {
    const auto older = superseded.find(store.slot);
    const Pointer before =
        body_before(load_word(store.slot), older != superseded.end() ? older->second : nullptr);
    if (before == 0)
      continue;  // a function that is new: whoever has its address keeps it
    undo.slots.push_back({store.slot, before});
    if (const Forwarding own = own_entry(store.body, store.slot); own.nop != 0)
      undo.entries.push_back(own);
  }
  keep_one_a_place(undo.entries);
  for (const ImageCopy& image : plan.images) {
    // Variables are the program's: it may have changed them by then.
    const OwnVector<Region> regions = map.regions(image.to, image.to + image.size);
    if (std::any_of(regions.begin(), regions.end(), [](const Region& r) { return r.writable; }))
      continue;
    SavedBytes saved{image.to, std::vector<std::byte>(image.size)};
    raw_copy(saved.bytes.data(), image.to, image.size);
    undo.constants.push_back(std::move(saved));
  }
}

}  // namespace hr::runtime
