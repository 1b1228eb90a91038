// Where the file of a generation can be read while the program runs that has it loaded. Knows no
// description.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "wire/messages.h"

namespace hrwatch::app {

// The file that the program `pid` started the module with, which may have been built anew since: by
// another name. "" = by the module's own path, as far as is known. Cost: on Windows a look at the
// process and at the libraries beside it.
std::string kept_image(const hr::wire::ModuleState& module, int pid);

// `copies` is <build>/.hrwatch/gen.
std::filesystem::path file_of_generation(const hr::wire::ModuleState& module,
                                         std::uint32_t generation, int pid,
                                         const std::filesystem::path& copies);

}  // namespace hrwatch::app
