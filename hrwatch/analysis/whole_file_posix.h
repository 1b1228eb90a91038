// All bytes of a file that is open already.
#pragma once

#include <cstddef>
#include <vector>

#include "analysis/whole_file.h"

namespace hrwatch::analysis {

// As whole_file(), of an open file of `size` bytes, from where it is read next.
std::vector<char> whole_file(int descriptor, std::size_t size);

}  // namespace hrwatch::analysis
