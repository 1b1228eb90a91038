// The one word that hr_poll() looks at: zero means that there is nothing to do. Knows nothing of
// what there could be.
#pragma once

#include <atomic>

namespace hr::runtime {

inline constexpr unsigned gate_first_poll = 1;  // nobody has polled yet
inline constexpr unsigned gate_work = 2;        // something waits for a poll

extern std::atomic<unsigned> poll_gate;

}  // namespace hr::runtime
