// What runs on this machine, as /proc tells. Knows no product.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace hrwatch::tests {

// Processes with `text` in their command line, without the test itself.
std::vector<pid_t> processes_naming(const std::string& text);

// Children of `parent`, and theirs, whose program is called `name`.
std::vector<pid_t> descendants_called(pid_t parent, const std::string& name);

}  // namespace hrwatch::tests
