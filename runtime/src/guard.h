// hr_guard(): frames of the program that may crash in module code without ending it. What happens
// before and after a frame is abandoned; knows no signal (crash_signals.h) and no tool.
#pragma once

#include <cstdint>

namespace hr::runtime {

using Frame = void (*)(void* user);

enum class GuardPolicy : int { roll_back = 0, wait = 1, go_on = 2 };  // as in hr.h

// Runs `frame(user)`. False: it was abandoned, or is not run until new code goes live. Exceptions
// pass that no module had a part in.
bool run_guarded(Frame frame, void* user);

void set_guard_policy(GuardPolicy policy);

// New code is live: frames that waited for it run again.
void let_guarded_frames_run();

// Abandons the frames that have been running for at least `least_us` and are in module code just
// then. Returns how many; `busy` (if given) how many were that long, but elsewhere all the time.
// Thread: the runtime's own. Cost: up to half a second where a frame is elsewhere.
std::uint32_t abandon_frames(std::uint64_t least_us, std::uint32_t* busy);

}  // namespace hr::runtime
