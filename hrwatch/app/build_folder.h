// Which build folder the user means. Knows the command line's view only.
#pragma once

#include <string>

#include "wire/result.h"

namespace hrwatch::app {

// `given` ("" = found from the current folder) as an absolute, normalised path.
// Errors: none found, several and no way to tell, `given` is no build folder.
hr::wire::Result<std::string> build_folder(const std::string& given);

}  // namespace hrwatch::app
