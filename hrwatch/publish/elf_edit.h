// What makes a copy of a module fit to be a generation: the edits to its ELF image. Knows no file:
// bytes in, edited bytes out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "wire/result.h"

namespace hrwatch::publish {

// Bytes of a file that changed.
struct Edit {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// Edits `image` (a whole x86-64 ELF shared library) in place:
// - its initialisers and finalisers are not run by the dynamic linker: DT_INIT_ARRAYSZ and
//   DT_FINI_ARRAYSZ = 0, DT_INIT and DT_FINI retagged;
// - it is bound to itself first (DF_SYMBOLIC or DT_SYMBOLIC);
// - STB_GNU_UNIQUE becomes STB_GLOBAL in .dynsym;
// - the two-byte entry NOPs at the link-time addresses `nops` become one instruction (66 90).
// Returns the places that changed. A Failure says in `why` what is wrong with the image; any bytes
// are safe. On a Failure `image` may be half edited. Thread: any. Cost: linear in .dynsym and
// `nops`.
hr::wire::Result<std::vector<Edit>> edit_image(std::span<std::byte> image,
                                               const std::string& build_id,
                                               const std::vector<std::uint64_t>& nops);

}  // namespace hrwatch::publish
