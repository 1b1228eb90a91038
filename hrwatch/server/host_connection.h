// One program's connection: bytes to messages and back, and when there have been too many. Knows no
// loop, no session and no other connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "transport/local_socket.h"
#include "wire/messages.h"
#include "wire/result.h"

namespace hrwatch::server {

class HostConnection {
 public:
  explicit HostConnection(hr::transport::Stream stream) : stream_(std::move(stream)) {}

  // As the stream's.
  std::intptr_t wait_handle() const { return stream_.wait_handle(); }

  int peer_process() const { return stream_.peer_process(); }

  std::size_t unsent() const { return stream_.unsent(); }

  // Queues a message. False: the peer has gone.
  bool send(const std::vector<std::byte>& frame);

  // Sends more of what is queued. False: the peer has gone.
  bool flush() { return stream_.flush() == hr::transport::Flow::open; }

  // Reads what has arrived, at most a megabyte; whole messages wait in take(). A Failure: the peer
  // says what is no message, or one of more than `limit` bytes. False: it has gone.
  hr::wire::Result<bool> receive(std::size_t limit);

  // The next message that has arrived. Unknown ones are skipped. A Failure: it was no message.
  hr::wire::Result<std::optional<hr::wire::HostMessage>> take();

 private:
  hr::transport::Stream stream_;
  hr::wire::FrameReader reader_;
  std::size_t unread_ = 0;  // bytes since the last whole message
};

}  // namespace hrwatch::server
