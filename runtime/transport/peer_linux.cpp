#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "transport/peer.h"

namespace hr::transport {
namespace {

int away_from_standard_streams(int descriptor) {
  if (descriptor < 0 || descriptor > 2)
    return descriptor;
  const int moved = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  const int error = errno;
  ::close(descriptor);
  errno = error;
  return moved;
}

}  // namespace

std::optional<Peer> peer_of(int descriptor) {
  ucred credentials = {};
  socklen_t size = sizeof(credentials);
  if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0 ||
      credentials.pid == 0)
    return std::nullopt;
  return Peer{credentials.uid, credentials.pid};
}

int open_local_socket() {
  return away_from_standard_streams(
      ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

int accept_local(int listening) {
  return away_from_standard_streams(
      ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

}  // namespace hr::transport
