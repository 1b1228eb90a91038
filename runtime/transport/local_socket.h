// The local stream socket between tool and host (a named pipe on Windows): where it lies, how both
// ends open it, who the peer is, and sending and receiving without ever blocking. Knows no message
// and no session.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wire/result.h"

namespace hr::transport {

class Endpoint;
class Entrance;

// What became of an attempt to move bytes.
enum class Flow {
  open,    // done for now; the connection lives
  closed,  // the peer has gone, or the descriptor is not ours any more: close
};

// One end of a connection. Closed when default-constructed, moved from, or `close()`d.
// Thread: one at a time.
class Stream {
 public:
  Stream();
  // Takes over a connected end.
  explicit Stream(std::unique_ptr<Endpoint> endpoint);
  Stream(Stream&& other) noexcept;
  Stream& operator=(Stream&& other) noexcept;
  ~Stream();

  bool is_open() const { return endpoint_ != nullptr; }

  // What to wait on, -1 when closed. POSIX: a descriptor for poll(), readable always, writable
  // while `unsent() > 0`. Windows: an event, set while flush() or receive() has something to do.
  std::intptr_t wait_handle() const;

  // Until something can be received, or sent of what is queued, or `at_most` is over.
  void wait(std::chrono::milliseconds at_most) const;

  void close();

  // Queues a whole frame and sends what the peer takes at once. Never blocks, never raises SIGPIPE.
  Flow send(std::vector<std::byte> frame);
  // Sends more of what is queued.
  Flow flush();

  // Bytes queued and not yet taken: a peer that never reads is the caller's to drop.
  std::size_t unsent() const { return unsent_; }

  // Appends whatever has arrived to `into`; at most `limit` bytes a call.
  Flow receive(std::vector<std::byte>& into, std::size_t limit = std::size_t{1} << 20);

  // True when the process at the other end runs as the user of this one.
  bool peer_is_same_user() const;
  // Its process id, 0 when unknown.
  int peer_process() const;

 private:
  std::unique_ptr<Endpoint> endpoint_;
  std::vector<std::vector<std::byte>> queue_;
  std::size_t sent_of_first_ = 0;
  std::size_t unsent_ = 0;
};

// Listens at a path of its own; removes the path (and the folder it made for it) when destroyed.
class Listener {
 public:
  Listener();
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&& other) noexcept;
  ~Listener();

  // Listens at `folder`/hrwatch.<pid>.sock, or, when that is longer than a socket address takes, in
  // a new 0700 folder below the temporary folder. `folder` must exist and be for this user only.
  // Windows: at a pipe of a new name, which only this user may open.
  // Errors: no room for the socket, no descriptors left, the pipe's name is taken.
  static wire::Result<Listener> listen(const std::filesystem::path& folder);

  // A waiting connection, already checked to come from the same user; nothing when none waits (a
  // stranger's is dropped without a word).
  std::optional<Stream> accept();

  // What to wait on until one waits, -1 when closed: as Stream's.
  std::intptr_t wait_handle() const;

  const std::filesystem::path& path() const { return path_; }

  void close();

 private:
  std::unique_ptr<Entrance> entrance_;
  std::filesystem::path path_;
};

// Connects to `path` and checks that the same user listens there. Never blocks.
// Errors: nobody listens, another user does, the path is too long.
wire::Result<Stream> connect(const std::filesystem::path& path);

}  // namespace hr::transport
