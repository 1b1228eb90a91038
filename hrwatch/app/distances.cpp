#include "app/distances.h"

namespace hrwatch::app {

Distances::Distances(const hr::wire::ModuleState& module)
    : base_(module.base),
      first_place_(module.first_place),
      place_size_(module.place_size),
      place_count_(module.place_count) {
  for (const auto& generation : module.generations) {
    known_[generation.number] = generation.distance;
  }
}

std::optional<std::int64_t> Distances::of(std::uint32_t generation) const {
  if (const auto loaded = known_.find(generation); loaded != known_.end()) {
    return loaded->second;
  }
  if (place_count_ == 0 || generation == 0) {
    return std::nullopt;
  }
  const std::uint64_t place = (generation - 1) % place_count_;
  return first_place_ + static_cast<std::int64_t>(place * place_size_);
}

std::uint64_t Distances::place_of(std::uint32_t generation) const {
  const auto distance = of(generation);
  return base_ != 0 && distance ? base_ + static_cast<std::uint64_t>(*distance) : 0;
}

std::vector<publish::Word> debug_words(const std::vector<analysis::DebugAddress>& addresses,
                                       std::uint32_t generation, const Distances& distances) {
  std::vector<publish::Word> words;
  const auto own = distances.of(generation);
  for (const auto& [operand, address, home_generation, home] : addresses) {
    const auto there = distances.of(home_generation);
    if (own && there) {
      words.push_back({operand, address, home + static_cast<std::uint64_t>(*there - *own)});
    }
  }
  return words;
}

}  // namespace hrwatch::app
