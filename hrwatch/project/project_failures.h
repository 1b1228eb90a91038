// What to say when the project can't be read: each with the command that mends it. Reads the build
// folder's cache; runs nothing.
#pragma once

#include <optional>
#include <string>

#include "wire/result.h"

namespace hrwatch::project {

// Why this is no build folder that hrwatch can work with (not there, not CMake's, another
// generator).
std::optional<hr::wire::Failure> check_build_folder(const std::string& build_dir);

// CMake ran and left no answer to the query.
hr::wire::Failure cmake_is_silent(const std::string& build_dir);

hr::wire::Failure cmake_did_not_start(const std::string& program);

// `output`: what CMake printed, or the end of it.
hr::wire::Failure cmake_failed(const std::string& build_dir, const std::string& output);

}  // namespace hrwatch::project
