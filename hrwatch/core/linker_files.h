// What to do about a file that a linker is going to write and another program holds: a .pdb that a
// debugger reads, a .dll that runs. Windows refuses the linker then, but lets a held file be
// renamed if its holder shares deletion. Pure: facts in, names and sentences out; knows no system
// call.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/result.h"

namespace hrwatch::core {

// What opening the file as a linker does (for reading and writing, sharing nothing) came to.
enum class Probe { free, absent, held, forbidden };

// What is to be done next.
enum class WayOut {
  nothing,          // the linker can write it
  rename_aside,     // under aside_name(), in the same folder; the linker writes a fresh one
  write_elsewhere,  // under another name for this build
  give_up           // cannot_make_way()
};

// `rename_refused`: it was tried. `other_name_possible`: the build takes the file's name from a
// place that can be changed before each link.
WayOut way_out(Probe probe, bool rename_refused, bool other_name_possible);

// "game.pdb" -> "game.<n>.pdb.old" with the smallest n that is not among `taken` (names in the same
// folder).
std::string aside_name(std::string_view file, const std::vector<std::string>& taken);

// "game.pdb" -> "game.<n>.pdb", for write_elsewhere.
std::string other_name(std::string_view file, const std::vector<std::string>& taken);

// True for what aside_name(file) or other_name(file) may have given: it goes when nobody holds it
// any more.
bool is_leftover(std::string_view name, std::string_view file);

// True when a build failed because a linker could not write its output: the debugger may have
// opened the file between the probe and the link. LNK1201, LNK1104 (link.exe), "failed to write
// PDB", "failed to write output" (lld).
bool blames_held_file(std::string_view build_output);

// `holders`: programs that have it open, as the system names them; may be empty. `reason`: the
// system's sentence.
hr::wire::Failure cannot_make_way(const std::string& path, const std::vector<std::string>& holders,
                                  const std::string& reason);

}  // namespace hrwatch::core
