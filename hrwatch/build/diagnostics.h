// From the output of compilers, linkers and CMake to diagnostics: file, line, column, severity,
// message. Pure text; knows no process and no file system.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/messages.h"
#include "wire/result.h"

namespace hrwatch::build {

// Understands g++, gcc, clang, GNU ld, gold, lld, mold, CMake errors and ninja's missing inputs;
// with or without colours. Relative paths are taken from `build_dir` (CMake's own: from
// `source_dir`). `limit` bounds their number: one missing header can make thousands.
std::vector<hr::wire::Diagnostic> parse_diagnostics(std::string_view output,
                                                    const std::string& build_dir,
                                                    const std::string& source_dir,
                                                    std::size_t limit = 100);

// Why ninja did not even begin to build, if that is what its output says: no or a broken
// build.ninja, unknown target, too old. Nothing: it built, or a command failed.
std::optional<hr::wire::Failure> explain_ninja(std::string_view output,
                                               const std::string& build_dir,
                                               const std::string& source_dir);

}  // namespace hrwatch::build
