// What a Windows library's file says about itself, as far as reloading it needs (PE/COFF
// specification; the CodeView record as in microsoft-pdb, PDB/dbi/dbi.cpp). Pure and total: any
// bytes give an answer or a Failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wire/result.h"

namespace hrwatch::core {

struct PeSection {
  std::string name;
  std::uint32_t address = 0;  // relative to the image, as all addresses here
  std::uint32_t memory_size = 0;
  std::uint32_t offset = 0;  // in the file
  std::uint32_t file_size = 0;
  std::uint32_t flags = 0;  // IMAGE_SCN_...
};

struct PeExport {
  std::string name;
  std::uint32_t address = 0;
  bool code = false;  // in an executable section
};

// The CodeView record that names the .pdb ("RSDS").
struct PdbRecord {
  std::string identity;  // GUID and age as hex digits, as symbol servers have it
  std::string path;
  std::uint64_t path_offset = 0;  // in the file
  std::uint32_t room = 0;         // for the path, its final zero included
};

struct PeImage {
  std::uint32_t time_stamp = 0;
  std::uint32_t image_size = 0;
  std::vector<PeSection> sections;
  std::vector<PeExport> exports;  // with names; forwarders to other libraries left out
  std::optional<PdbRecord> pdb;

  // What tells this build from others: the .pdb's identity and the time stamp (lld's identity is a
  // hash that misses what only relocations say), or time stamp and size where there is no .pdb.
  std::string build_id() const;
};

// Errors (in `why`): no PE file, not x86-64, cut off, a table that leads outside of the file.
hr::wire::Result<PeImage> read_pe_image(std::span<const std::byte> file);

// Writes another name over the .pdb's in `file`, zero-padded; the identity stays. False when it
// does not fit: then nothing was changed.
bool set_pdb_path(std::span<std::byte> file, const PdbRecord& record, const std::string& path);

// A name for the .pdb of generation `n` of `module` that fits into `room` bytes: "game.12.pdb", or
// as much of it as there is room for, the number always. "" when not even that fits.
std::string pdb_name_that_fits(const std::string& module, std::uint32_t n, std::uint32_t room);

}  // namespace hrwatch::core
