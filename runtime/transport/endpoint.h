// What a platform provides for local_socket.h: one end of a connection, and the place where others
// connect. Knows no queue and no frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "transport/local_socket.h"

namespace hr::transport {

// A connected end; closed when destroyed. Never blocks. Thread: one at a time.
class Endpoint {
 public:
  virtual ~Endpoint() = default;

  virtual std::intptr_t wait_handle() const = 0;

  virtual void wait(bool also_writable, std::chrono::milliseconds at_most) const = 0;

  // Sends the beginning of `bytes`; `taken` says how much. What is taken need not be kept.
  virtual Flow write(std::span<const std::byte> bytes, std::size_t& taken) = 0;

  // Appends what has arrived to `into`, at most about `limit` bytes.
  virtual Flow read(std::vector<std::byte>& into, std::size_t limit) = 0;

  virtual bool peer_is_same_user() const = 0;
  virtual int peer_process() const = 0;  // 0 when unknown
};

// Where a Listener listens; gone when destroyed.
class Entrance {
 public:
  virtual ~Entrance() = default;

  virtual std::intptr_t wait_handle() const = 0;

  // A waiting connection, whoever it is from; null when none waits.
  virtual std::unique_ptr<Endpoint> accept() = 0;
};

}  // namespace hr::transport
