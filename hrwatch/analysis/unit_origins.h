// Which object file each unit of a library was linked from. Knows no types and no addresses.
#pragma once

#include <filesystem>
#include <vector>

#include "analysis/open_dwarf.h"
#include "analysis/unit_cache.h"

namespace hrwatch::analysis {

// One key a unit of `library`, in the order of its .debug_info. `objects` in the order of the link,
// before all other inputs. Linkers put the units of their inputs one behind the other, unchanged in
// size; where sizes don't agree, or an object is younger than the library, nothing is certain: then
// every key is empty.
std::vector<UnitKey> unit_origins(const OpenDwarf& library,
                                  const std::vector<std::filesystem::path>& objects,
                                  UnitCache& cache);

}  // namespace hrwatch::analysis
