// The GNU build-id and the few numbers of a library's headers that loading it safely needs (ELF
// gABI chapters 4 and 5). Knows no process: bytes of a file or of a note in, facts out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "src/library_facts.h"
#include "wire/result.h"

namespace hr::runtime {

// Lower-case hex of the NT_GNU_BUILD_ID note among `notes`, "" when there is none. Total.
std::string build_id_in_notes(std::span<const std::byte> notes);

// Reads the headers of the x86-64 shared library behind `descriptor` (any position).
// Errors: not such a library, or cut short.
wire::Result<LibraryFacts> read_library_facts(int descriptor);

}  // namespace hr::runtime
