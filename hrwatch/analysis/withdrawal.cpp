// Generations that were taken back: what runs then, and what the next build has to bring again.
#include "analysis/lineage.h"
#include "analysis/lineage_state.h"

namespace hrwatch::analysis {

void note_running(Lineage::State& state, std::uint32_t slot, const LiveEntry& body) {
  KnownFunction& known = state.functions[slot];
  if (known.running.entry != 0) {
    state.replaced[body.generation].functions.emplace_back(slot, known.running);
  }
  known.running = body;
}

void note_constant(Lineage::State& state, std::uint32_t number, Key key,
                   const KnownConstant& known) {
  state.replaced[number].constants.push_back({key, known.image_hash, known.slots});
}

void Lineage::withdraw(std::uint32_t number) {
  if (number == state_->newest_number) {
    state_->newest_withdrawn = true;
  }
  const auto found = state_->replaced.find(number);
  if (found == state_->replaced.end()) {
    return;
  }
  for (const auto& [slot, before] : found->second.functions) {
    // Its entry stays the one to supersede: what leads there leads on to the older body by now. The
    // next build sends its own, whatever it was made from.
    state_->functions[slot].running = before;
    state_->functions[slot].origin = 0;
  }
  for (const auto& before : found->second.constants) {
    KnownConstant& known = state_->constants[before.key];
    known.image_hash = before.image_hash;
    known.slots = before.slots;
  }
  state_->replaced.erase(found);
}

std::set<std::pair<std::uint32_t, Address>> Lineage::running_functions() const {
  std::set<std::pair<std::uint32_t, Address>> places;
  for (const KnownFunction& known : state_->functions) {
    places.emplace(known.running.generation, known.running.entry);
  }
  return places;
}

}  // namespace hrwatch::analysis
