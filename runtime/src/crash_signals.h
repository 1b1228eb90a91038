// The signals of a crash: recorded, then either the innermost guarded frame of the thread is
// abandoned, or whoever had the signal before gets it. Knows no tool and no module beyond its code.
#pragma once

#include "src/guard_thread.h"

namespace hr::runtime {

// Installs the handlers in front of those that are there, once.
void catch_crashes();
// The same for the signal that abandons a frame on request.
void catch_requests();
// From now on all of them are passed on. Safe in the child of a fork().
void leave_crashes_alone();

// Asks `thread` to abandon its frame; it does so only inside module code.
void request_abandonment(GuardThread& thread);

// Records where the calling thread is, for an exception on its way out of a guarded frame. False
// when no module code is on the stack between here and the frame.
bool record_here(GuardThread& thread);

// Called in the signal handler when the program is about to die of `record`: the last words.
// Nothing when not set.
using LastWords = void (*)(const CrashRecord& record);
void set_last_words(LastWords tell);

// "SIGSEGV" and so on; "exception", "request".
const char* cause_name(int cause);

}  // namespace hr::runtime
