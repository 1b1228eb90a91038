// The texts that a program or library holds: names it imports, literals. Knows no module.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_set>

namespace hrwatch::analysis {

// Adds every zero-terminated text of `bytes` that could be a symbol's name. Pure.
void texts_in(std::string_view bytes, std::unordered_set<std::string>& texts);

// The same of the read-only data of `file`, and of the table with the names of what it imports. A
// file that can't be read adds nothing. Cost: one pass over those sections.
void read_texts(const std::filesystem::path& file, std::unordered_set<std::string>& texts);

}  // namespace hrwatch::analysis
