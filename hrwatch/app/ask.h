// Asking the running session for something, as a verb of the command line does. Knows no verb.
#pragma once

#include <string>

#include "wire/messages.h"
#include "wire/result.h"

namespace hrwatch::app {

// Errors: no session works on `build_dir`, or it does not answer.
hr::wire::Result<hr::wire::Answered> ask(const std::string& build_dir, const std::string& verb,
                                         const std::string& argument);

}  // namespace hrwatch::app
