// A folder of this process's own for the files it loads. Knows no library.
#pragma once

#include <string>

#include "wire/result.h"

namespace hr::runtime {

// Makes it the first time (mode 0700, where programs may be run from: below $TMPDIR, /tmp,
// $XDG_RUNTIME_DIR or `last_choice`), removes those that processes of this user left which are no
// more, and has it removed when the program ends. Errors: none of these can be written to.
wire::Result<std::string> private_folder(const std::string& last_choice);

// "" as long as there is none.
std::string private_folder_if_made();

// In the child of a fork(): the folder is the parent's to remove, and the child makes its own.
void leave_private_folder();

}  // namespace hr::runtime
