// One link that no session has started: an IDE's, or a plain ninja's. Knows no project.
#pragma once

#include <string>
#include <vector>

#include "wire/result.h"

namespace hrwatch::build {

// Makes way for what the link is going to write (make_way() of linker_files.h), and removes what
// earlier links left and nobody holds. `outputs`: paths of the .pdb and of the library or program.
// `response_file`: of the link command, for the .pdb's name; "" when it has none.
// Errors: an output can't be written; the others are seen to all the same.
hr::wire::Result<hr::wire::Done> make_way_for_link(const std::vector<std::string>& outputs,
                                                   const std::string& response_file);

}  // namespace hrwatch::build
