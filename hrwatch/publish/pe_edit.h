// What makes a copy of a Windows library fit to be a generation: the edits to its image. Knows no
// file: bytes in, edited bytes out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "wire/result.h"

namespace hrwatch::publish {

// Makes `file` (a whole x86-64 DLL) one for the address `base`, a multiple of 64 KB: its preferred
// address and every word that its base relocations (DIR64) name. The loader is told to take that
// address and no random one (DYNAMIC_BASE and HIGH_ENTROPY_VA go); the relocations stay, for the
// case that it is taken. Nothing else changes, the build id neither.
// Errors (in `why`): no such file, cut off, without relocations, with ones that lead outside of it
// or are of another kind. Any bytes are safe. On a Failure `file` may be half edited. Thread: any.
// Cost: linear in the number of relocations.
hr::wire::Result<hr::wire::Done> rebase(std::span<std::byte> file, std::uint64_t base);

// Makes words of `file` that hold addresses of its functions hold that of another one: `words` and
// `function` are relative to the image. To be done before rebase().
// Errors: a word outside of the file's sections, or that is no address of the image.
hr::wire::Result<hr::wire::Done> redirect_words(std::span<std::byte> file,
                                                const std::vector<std::uint64_t>& words,
                                                std::uint64_t function);

}  // namespace hrwatch::publish
