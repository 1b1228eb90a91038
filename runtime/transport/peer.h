// What the operating system says about the other end of a local socket, and the calls to open one
// that only some systems have in one step. Knows no path and no protocol.
#pragma once

#include <optional>

namespace hr::transport {

struct Peer {
  unsigned user = 0;  // effective user id when it connected
  int process = 0;
};

// Nothing when `descriptor` is not a connected local socket.
std::optional<Peer> peer_of(int descriptor);

// A new local stream socket, non-blocking and closed on exec, and never number 0, 1 or 2 (a program
// may have closed those to open its own). -1 with errno set on failure.
int open_local_socket();

// A waiting connection of a listening socket, opened the same way. -1 with errno set.
int accept_local(int listening);

}  // namespace hr::transport
