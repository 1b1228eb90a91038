// The host's end of one session: joins it when its file appears, greets, and turns bytes into the
// tool's messages. Knows no module and no reload.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/session_file.h"
#include "transport/local_socket.h"
#include "wire/messages.h"

namespace hr::runtime {

class Connection {
 public:
  explicit Connection(std::string build_dir) : build_dir_(std::move(build_dir)) {}

  const std::string& build_dir() const { return build_dir_; }

  std::string folder() const { return build_dir_ + "/.hrwatch"; }

  bool is_open() const { return stream_.is_open(); }

  bool is_joined() const { return is_open() && joined_; }

  // As the stream's.
  std::intptr_t wait_handle() const { return stream_.wait_handle(); }

  // The tool's process id, 0 when unknown.
  int peer_process() const { return stream_.peer_process(); }

  bool wants_to_write() const { return stream_.unsent() > 0; }

  // Reads the session file and, if it is there and good, connects and greets. `hello` needs no
  // token. False when there is nobody to join, or the session is one that has turned us away
  // already: then only a change of the file can help.
  bool join(wire::Hello hello);
  void leave();
  // True when the tool that was greeted has not answered, and the file is another session's by now.
  bool waits_in_vain() const;

  // Queues a message; nothing happens unless joined.
  void send(const wire::HostMessage& message);

  // There was something to send between the greeting and its answer: the greeting is out of date.
  bool has_missed() const { return missed_; }

  // What has arrived. Checks the answer itself: a Welcome comes back only from the session's tool.
  // Closes when the peer goes, sends garbage, or turns us away (that is a message, too).
  std::vector<wire::ToolMessage> receive();
  void flush();

 private:
  bool take(const wire::ToolMessage& message);

  std::string build_dir_;
  transport::Stream stream_;
  wire::FrameReader reader_;
  std::string answer_;   // expected in the Welcome
  std::string refused_;  // token of the session that will not have us
  std::string token_;
  bool joined_ = false;
  bool missed_ = false;
};

}  // namespace hr::runtime
