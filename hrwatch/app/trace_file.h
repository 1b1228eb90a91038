// The file of --trace. Knows not what is written.
#pragma once

#include <cstdio>
#include <string>

namespace hrwatch::app {

// Opens it to be written anew; what is started meanwhile does not inherit it. The caller closes it.
// Null: it can't be opened.
std::FILE* open_trace_file(const std::string& path);

}  // namespace hrwatch::app
