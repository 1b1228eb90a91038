// The runtime's own thread: finds sessions, receives reloads, prepares them, answers. Knows no code
// of the user's and holds no lock while it waits.
#pragma once

namespace hr::runtime {

// Runs until hot reload is switched off.
void run_background();

// In the child of a fork(): closes what belongs to the parent's session. Only calls that are safe
// there.
void close_background_descriptors();

}  // namespace hr::runtime
