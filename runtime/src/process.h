// The few things that the host needs of the operating system's process: a thread that the program
// does not notice, fork(), the clock, the environment. Knows no module.
#pragma once

#include <cstdint>
#include <string>

namespace hr::runtime {

// Starts `run` on a detached thread that takes no signals. False when the system has no thread
// left.
bool start_quiet_thread(void (*run)());

// Calls `before` in front of every fork(), then `in_parent` and `in_child` behind it.
void around_fork(void (*before)(), void (*in_parent)(), void (*in_child)());

// Microseconds of a clock that only goes forward.
std::uint64_t now_us();

// Does nothing for a while.
void rest(std::uint64_t us);

// Lets process `pid` and what it starts see where this process's threads are, where the system
// would let only a parent do so (Yama). No effect elsewhere.
void allow_tracing(int pid);

int process_id();

// True when the process is ending and its other threads are no more, whatever they held: locks may
// be theirs for ever. Where the system ends threads that way (Windows), before libraries leave.
bool process_is_ending();

// Path of the program's file, "" when unknown.
std::string program_path();

// HRWATCH_DISABLE is set (to anything but "" and "0"), or the program has rights that its user does
// not have (set-user-id and the like): nothing may be loaded into it from outside.
bool disabled_by_environment();

}  // namespace hr::runtime
