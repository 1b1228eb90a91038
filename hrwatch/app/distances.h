// Where a host loads the generations of a module, as distances from generation 0: known before they
// are loaded, so that a published copy can speak of storage in older ones. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "analysis/lineage.h"
#include "publish/publish.h"
#include "wire/messages.h"

namespace hrwatch::app {

class Distances {
 public:
  Distances() = default;
  explicit Distances(const hr::wire::ModuleState& module);

  // In bytes; nothing when the host did not say where it has places.
  std::optional<std::int64_t> of(std::uint32_t generation) const;

  // The address that the host keeps for the generation; 0 when it did not say.
  std::uint64_t place_of(std::uint32_t generation) const;

 private:
  std::uint64_t base_ = 0;  // of generation 0
  std::int64_t first_place_ = 0;
  std::uint64_t place_size_ = 0, place_count_ = 0;
  std::map<std::uint32_t, std::int64_t> known_;  // of what is loaded
};

// What a debugger reads in the debug info of copy `generation`: it adds where the copy is loaded,
// and gets to the living storage.
std::vector<publish::Word> debug_words(const std::vector<analysis::DebugAddress>& addresses,
                                       std::uint32_t generation, const Distances& distances);

}  // namespace hrwatch::app
