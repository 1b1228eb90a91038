// The session as running programs see it: its file in the build folder, and a socket through which
// hosts join, are told things, and answer. Knows messages and connections; not what a reload is.
#pragma once

#include <uv.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "core/event.h"
#include "wire/messages.h"
#include "wire/result.h"

namespace hrwatch::server {

struct ServerLimits {
  std::size_t unsent_bytes = std::size_t{64} << 20;   // a host that takes nothing is dropped
  std::size_t unread_bytes = std::size_t{16} << 20;   // of one message of a host
  std::size_t stranger_bytes = std::size_t{1} << 20;  // of the first one, before it is known
  std::size_t strangers = 64;                         // waiting to be known at once
  std::uint64_t greeting_ms = 5000;                   // in which a connection must say hello
};

// Loop's thread only. The caller holds the build folder's lock: there is one session at a time.
class Server {
 public:
  // `sink` gets HostJoined, HostChanged, HostCommitted, HostRefused, HostWithdrew, HostAnswered,
  // HostCrashed, HostLeft, HostRejected, CommandAsked and Trouble; never from within these
  // functions. HostLeft comes once for each HostJoined, unless the server is closed first.
  Server(uv_loop_t* loop, std::string build_dir, std::function<void(core::Event)> sink,
         ServerLimits limits = {});

  // As close().
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens, and writes <build>/.hrwatch/session.json (0600, by rename). Again after the build
  // folder was wiped: hosts that are connected stay. Removes what a session that died left behind.
  // Errors: the folder can't be made or written, no descriptors left.
  hr::wire::Result<hr::wire::Done> open();

  // Says goodbye: removes session file and socket, ends all connections. What was sent and not
  // taken yet is lost.
  void close();

  // Queues a message for one host; nothing happens when it has left. Never blocks.
  void send(core::HostId host, const hr::wire::ToolMessage& message);
  void send_to_all(const hr::wire::ToolMessage& message);

  // To a verb of the command line (CommandAsked), once; nothing happens when it has given up.
  void answer(core::CommandId command, const hr::wire::Answered& answer);

  std::size_t host_count() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hrwatch::server
