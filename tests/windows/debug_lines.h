// What a debugger shows for an address of a library. Knows no project.
#pragma once

#include <filesystem>

namespace hrwatch::tests {

// The source line of the code at `address` (relative to the image), as the system's debug help
// finds it through the .pdb that the library names; 0 when it finds none.
unsigned line_of(const std::filesystem::path& library, unsigned address);

}  // namespace hrwatch::tests
