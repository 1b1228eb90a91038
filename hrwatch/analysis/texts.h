// The texts that a program or library holds: names it imports, literals. Knows no module.
#pragma once

#include <filesystem>
#include <string>
#include <unordered_set>

namespace hrwatch::analysis {

// Adds every zero-terminated text of the dynamic string table and the read-only data of `file` that
// could be a symbol's name. A file that can't be read adds nothing. Cost: one pass over those
// sections.
void read_texts(const std::filesystem::path& file, std::unordered_set<std::string>& texts);

}  // namespace hrwatch::analysis
