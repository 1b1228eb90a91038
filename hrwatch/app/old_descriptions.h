// The descriptions in a build folder: each is for programs that run its build, and large.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>

namespace hrwatch::app {

// Of the files in `descriptions`, each named after its build, removes the oldest that need not be
// kept: those of builds in `needed`, of builds with a copy in `copies`, and the newest of the rest
// up to `budget` bytes are. One of the latter may be what a program runs that is to greet yet.
// Thread: any, one at a time. Cost: reads a page of every copy.
void remove_old_descriptions(const std::filesystem::path& descriptions,
                             const std::filesystem::path& copies, std::set<std::string> needed,
                             std::uintmax_t budget = std::uintmax_t{256} << 20);

}  // namespace hrwatch::app
