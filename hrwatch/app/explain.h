// What a save of a file would do, without doing it: the plan of the session for it.
#pragma once

#include <string>
#include <vector>

#include "core/plan.h"
#include "wire/result.h"

namespace hrwatch::app {

// `file` may be relative to the working folder, and need not exist. Reads the project as the
// session does (runs CMake when it has not answered yet); builds nothing.
// Errors: the project can't be read; unknown targets.
hr::wire::Result<core::Plan> explain_save(const std::string& build_dir, const std::string& config,
                                          const std::vector<std::string>& targets,
                                          const std::string& file);

}  // namespace hrwatch::app
