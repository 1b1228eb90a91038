// What a .pdb says of where the linker put things: its modules with the sections they contributed,
// and the public symbols (MSF and DBI streams; LLVM's "The PDB File Format", microsoft-pdb). Knows
// no types. Never reads outside of the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "wire/result.h"

namespace hrwatch::analysis {

// A place in the image as debug info has it.
struct PdbPlace {
  std::uint32_t section = 0;  // number from 1
  std::uint32_t offset = 0;
};

struct PdbContribution {
  PdbPlace place;
  std::uint32_t size = 0;
  std::uint32_t crc = 0;  // of the object file's bytes, as section_crc()
};

struct PdbModule {
  std::string name;                            // of the object file, or of the member of `archive`
  std::string archive;                         // "" = an object file of its own
  bool described = false;                      // has symbols of its own beside its name
  std::vector<PdbContribution> contributions;  // in the order of the image
};

struct PdbFile {
  std::string guid;                // hex digits, as core::PdbRecord::identity begins
  std::vector<PdbModule> modules;  // in the order of the link
  std::unordered_map<std::string, PdbPlace> publics;  // by linkage name
};

// Errors (in `why`): no .pdb, cut off, or written without section contributions.
// Cost: linear in modules, contributions and public symbols.
hr::wire::Result<PdbFile> read_pdb(std::span<const std::byte> file);

// The check sum that a linker notes of a section (LLVM's JamCRC, started with 0).
std::uint32_t section_crc(std::span<const std::byte> bytes);

}  // namespace hrwatch::analysis
