// All bytes of a file at once. Knows nothing of what they mean.
#pragma once

#include <filesystem>
#include <vector>

namespace hrwatch::analysis {

// All of a file, copied: a compiler may truncate an object file in place while it is read, and a
// mapping of it would then end the process. Keeps nobody from writing, renaming or deleting it
// meanwhile. Empty when it can't be read whole.
std::vector<char> whole_file(const std::filesystem::path& file);

}  // namespace hrwatch::analysis
