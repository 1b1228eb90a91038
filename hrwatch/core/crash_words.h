// A crash in words, the same ones for the terminal, for JSON and for the program's own callbacks.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "core/event.h"

namespace hrwatch::core {

// The frame to look at first: the innermost one of module code, else the innermost one whose source
// is known, else the first. Null when there is none.
const Frame* place_of(const std::vector<Frame>& frames);

// "SIGSEGV (address 0x8)", "std::runtime_error: no more enemies", "a frame that did not return".
std::string cause_of(const hr::wire::Crashed& crash);

// What happened to the program: "generation 2 of game runs again".
std::string outcome_of(const hr::wire::Crashed& crash);

// One word for --json: "died", "rolled_back", "waiting", "going_on".
const char* outcome_word(hr::wire::CrashOutcome outcome);

// What, why and fix as the program's callbacks get them.
hr::wire::Failure explain(const hr::wire::Crashed& crash, const std::vector<Frame>& frames);

}  // namespace hrwatch::core
