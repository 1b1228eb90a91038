// What Windows tells of a file that a program has loaded.
#pragma once

#include <cstdint>
#include <string>

namespace hrwatch::app {

// The file that is mapped where a module of `pid` begins, by its name of now: it may have been
// renamed since. "" = not known. Wine tells the name of then.
std::string file_mapped_at(int pid, std::uint64_t begin);

}  // namespace hrwatch::app
