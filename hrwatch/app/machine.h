// What the doctor asks the machine itself. Knows no build folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/doctor.h"

namespace hrwatch::app {

// The first word with a digit in the first line that `program --version` prints; "" = it can't be
// run. `program`: a name to be found on the PATH, or a path.
std::string version_of(const std::string& program);

// Whether this user may make files in `folder`.
bool is_writable(const std::string& folder);

// What is known of the machine alone: tools, compilers, limits, and how to install what is missing.
void read_machine(Facts& facts);

// The first word with a digit of a line; "" = none. Pure.
std::string version_in(const std::string& line);

}  // namespace hrwatch::app
