// What a platform provides for tiny_host.h: the tiny module's files, and loading them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "symbols.h"
#include "wire/rewiring.h"

namespace hr::test {

inline const std::vector<const char*>& tiny_functions() {
  // Entries of the functions that the compiler made (tiny_bump is assembly, without one).
  static const std::vector<const char*> functions = {
      "tiny_count",         "tiny_version",    "tiny_through_plt",  "tiny_pointer",
      "tiny_from_table",    "tiny_constant",   "tiny_thread_count", "tiny_fresh_value",
      "tiny_local_version", "tiny_first_cell", "tiny_cells_bytes",  "tiny_second_cell"};
  return functions;
}

// Path of the built tiny module, version 1..3, or "missing" (version 2 with an undefined symbol).
std::string tiny_library(const std::string& version);

// The file that a library has in a build folder, of this name.
std::string library_name(const std::string& name);

// The build-id of a library's file.
std::string build_id_of(const std::string& path);

// A new folder that only this user can write to.
std::filesystem::path new_build_folder();

// Whether a file's mode says who may do what with it.
bool files_have_modes();

// Where a session could listen, and nobody does; as JSON has it.
std::string nobodys_address();

// nullptr when it can't be loaded, or has no such symbol.
void* open_library(const std::string& path);
void* symbol_of(void* library, const char* name);
bool is_mapped(const std::string& path);

// What the memory of the library at `path` may be used for, region by region.
std::string memory_rights(const std::string& path);

// Publishes `library` as <gen>/<module>.<number>, made for address `place` where the system loads
// libraries at the address that they are made for.
std::string publish_into(const std::filesystem::path& gen, const std::string& library,
                         const std::string& module, std::uint32_t number, std::uint64_t place = 0);

// Re-points what reaches tiny_counter in `next` to home number `home`.
void share_counter(const Symbols& next, std::uint32_t home, wire::Rewiring& rewiring);

}  // namespace hr::test
