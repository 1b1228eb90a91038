// Whether a variable of the next build still fits the storage that it has in the host. Pure: by
// size and type; decides nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "analysis/description.h"
#include "analysis/lineage_state.h"

namespace hrwatch::analysis {

enum class Storage : std::uint8_t {
  same,    // size and type are as they were
  within,  // an array of fewer of the same elements: they stay where they are
  grows,   // an array of more of the same elements
  other,   // another type
};

Storage storage_for(const Variable& variable, const LivingVariable& living);

// Whether a variable of `next` can't stay in its storage: what refers to it there is not to be left
// alone.
bool any_leaves(const Lineage::State& state, const Description& next);

struct Array {
  std::string element;      // readable type
  std::uint64_t count = 0;  // elements
};

// "int [3][2]" -> 3 of "int [2]"; nothing when the type is no array.
std::optional<Array> array_of(const std::string& type);

}  // namespace hrwatch::analysis
