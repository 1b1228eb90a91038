// Ends whole families of processes. Knows no ninja and no libuv.
#pragma once

namespace hrwatch::build {

// Sends `signal` to the process group that `leader` leads.
void signal_group(int leader, int signal);

// Kills every process of the session that `leader` leads: ninja puts each compiler into a group of
// its own, so that its group alone would leave them behind.
// Cost: one pass over the process table.
void kill_session(int leader);

}  // namespace hrwatch::build
