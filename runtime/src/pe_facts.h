// What the headers of a Windows library say that loading it as a generation needs (PE/COFF
// specification, sections 2 to 5). Knows no file and no process: bytes in, facts out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "src/library_facts.h"
#include "wire/result.h"

namespace hr::runtime {

enum class PeLayout {
  file,   // sections where they are in the file
  memory  // and where they are when it is loaded
};

struct PeFacts {
  LibraryFacts library;
  std::uint64_t base = 0;       // the address that it is made for
  bool at_any_address = false;  // the loader may choose another all the same (DYNAMIC_BASE)
  std::uint64_t tls_index =
      0;  // where the number of its thread_local block is put, an RVA; 0: it has none
  std::uint64_t tls_size = 0;  // bytes of initialised thread_local variables
};

// The build-id is what the tool makes of the same file: the .pdb's identity and the link's time
// stamp, or time stamp and size where there is no .pdb.
// Errors: not for x86-64, a file that is no DLL, or cut short. Total.
wire::Result<PeFacts> read_pe_facts(std::span<const std::byte> image, PeLayout layout);

}  // namespace hr::runtime
