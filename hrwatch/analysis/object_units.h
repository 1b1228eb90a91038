// The debug info of an object file before it is linked: what its units say is true in every library
// that they will be in. Knows no library.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "analysis/unit_facts.h"

namespace hrwatch::analysis {

// The units of `object`, in order; null for those that are not read (assembler, half of it in a
// .dwo file). Empty where the file is no longer that of `content` (XXH3 of all its bytes), or is no
// object file with debug info. Relocations are carried out by libdwfl, in a private copy.
// Thread: any. Cost: as read_unit(), for all copies of inline functions.
std::vector<std::shared_ptr<const UnitFacts>> read_object_units(const std::filesystem::path& object,
                                                                std::uint64_t content);

}  // namespace hrwatch::analysis
