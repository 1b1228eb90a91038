// The descriptor on the file that generation 0 was loaded from: with it the tool can read that
// build even after the next one has replaced it. Knows no module.
#pragma once

#include <string>

namespace hr::runtime {

// Opens `path` if it still is the library with this build-id; -1 otherwise. Closed on exec.
int open_module_file(const std::string& path, const std::string& build_id);
// Closes it, unless the program has closed it before and uses the number for something else.
void close_module_file(int descriptor, const std::string& build_id);
// `path` made absolute and free of links, as long as the working folder is the one it was opened
// in.
std::string absolute_path(const std::string& path);

}  // namespace hr::runtime
