// Hashes of function bodies that stay equal as long as the source does: operands count by what they
// name. Not a proof of equality: literals other than strings count by their first bytes only.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "analysis/elf_image.h"
#include "analysis/names.h"
#include "analysis/symbols.h"

namespace hrwatch::analysis {

// Names that take the place of symbol names: for functions whose names embed numbered closures.
using MaskedNames = std::unordered_map<const Symbol*, std::string>;

// 0 when the body can't be decoded. Cost: decodes the function.
std::uint64_t body_hash(const Symbol& function, const ElfImage& image, const Names& names,
                        const MaskedNames& masked);

}  // namespace hrwatch::analysis
