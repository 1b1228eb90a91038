#include "server/host_connection.h"

#include <utility>

namespace hrwatch::server {

using hr::wire::Failure;
using hr::wire::HostMessage;
using hr::wire::Result;

bool HostConnection::send(const std::vector<std::byte>& frame) {
  return stream_.send(frame) == hr::transport::Flow::open;
}

Result<bool> HostConnection::receive(std::size_t limit) {
  std::vector<std::byte> bytes;
  const bool open = stream_.receive(bytes) == hr::transport::Flow::open;
  unread_ += bytes.size();
  if (unread_ > limit + (std::size_t{1} << 20)) {
    return Failure{"a program sent too much",
                   "one message of more than " + std::to_string(limit) +
                       " bytes; no program of hrwatch does so",
                   "start the program again"};
  }
  reader_.feed(bytes);
  return open;
}

Result<std::optional<HostMessage>> HostConnection::take() {
  for (;;) {
    auto frame = reader_.next();
    if (!frame) {
      return frame.failure();
    }
    if (!frame.value()) {
      return std::optional<HostMessage>();
    }
    unread_ = 0;
    auto message = hr::wire::decode_host_message(*frame.value());
    if (!message || message.value()) {
      return message;
    }
  }
}

}  // namespace hrwatch::server
