// Patchable function entries (scheme "8,6"): six bytes before an entry and a 2-byte NOP at it.
// Knows no symbols.
#pragma once

#include <vector>

#include "analysis/description.h"
#include "analysis/elf_image.h"

namespace hrwatch::analysis {

class Entries {
 public:
  explicit Entries(const ElfImage& image);

  // The 2-byte NOP of the function that starts at `entry`; 0 when it has no area of scheme 8,6.
  Address nop(Address entry) const;

  // True when the function has the area, but where no single store can replace the NOP.
  bool misplaced(Address entry) const;

 private:
  const ElfImage& image_;
  std::vector<Address> listed_;  // starts of areas, sorted
};

}  // namespace hrwatch::analysis
