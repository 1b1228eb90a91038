// Running one guarded frame: the place to come back to, and what an exception passes on its way
// out. Knows no policy.
#pragma once

#include <string>

#include "src/guard.h"
#include "src/guard_thread.h"

namespace hr::runtime {

// Runs `frame(user)` on the calling thread. False: it was abandoned, thread.record says why;
// `detail` gets an exception's type and words. Exceptions that no module code threw or called pass.
bool run_frame(GuardThread& thread, Frame frame, void* user, std::string& detail);

}  // namespace hr::runtime
