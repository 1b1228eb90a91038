// What a platform provides for memory_map.h: the rights of a run of pages. Knows no plan.
#pragma once

#include <optional>

#include "src/memory_map.h"
#include "wire/result.h"

namespace hr::runtime {

// Makes pages of a region that is not writable so; what is executable stays it. Failure: the system
// forbids it, and nothing changed.
std::optional<wire::Failure> make_writable(const Region& region);

// Gives them the rights that `region` says. What was written there by then is what runs.
void give_rights_back(const Region& region);

}  // namespace hr::runtime
