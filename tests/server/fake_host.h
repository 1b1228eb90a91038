// A server on a scratch build folder, and programs that talk to it as they please, for tests. Knows
// the wire and the socket; nothing of the runtime.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/event.h"
#include "server/server.h"
#include "support/sandbox.h"
#include "support/turned_loop.h"
#include "transport/local_socket.h"
#include "wire/messages.h"

namespace hrwatch::test {

// What the session file says.
struct SessionText {
  int protocol = 0;
  int pid = 0;
  std::string socket;
  std::string token;
  std::string answer;
};

class FakeHost {
 public:
  explicit FakeHost(const std::string& socket);

  void say(const hr::wire::HostMessage& message);
  void send_bytes(const std::vector<std::byte>& bytes);

  void hang_up() { stream_.close(); }

  // Reads what has come; true while the connection is open.
  bool listen();

  const std::vector<hr::wire::ToolMessage>& heard() const { return heard_; }

  template <class T>
  const T* heard_one() const {
    for (const auto& message : heard_) {
      if (const T* one = std::get_if<T>(&message)) {
        return one;
      }
    }
    return nullptr;
  }

 private:
  hr::transport::Stream stream_;
  hr::wire::FrameReader reader_;
  std::vector<hr::wire::ToolMessage> heard_;
};

class ServerFixture {
 public:
  explicit ServerFixture(server::ServerLimits limits = {}, const std::string& subfolder = "");
  ~ServerFixture();
  ServerFixture(const ServerFixture&) = delete;
  ServerFixture& operator=(const ServerFixture&) = delete;

  const std::string& build_dir() const { return build_dir_; }

  std::string session_path() const { return build_dir_ + "/.hrwatch/session.json"; }

  SessionText session() const;

  server::Server& server() { return *server_; }

  void end_server() { server_.reset(); }

  hr::wire::Hello hello() const;

  // A host that has joined, and its id.
  std::pair<std::unique_ptr<FakeHost>, core::HostId> join();

  bool wait_until(const std::function<bool()>& condition);

  template <class T>
  int count() const {
    int number = 0;
    for (const auto& event : events_) {
      number += std::holds_alternative<T>(event) ? 1 : 0;
    }
    return number;
  }

  template <class T>
  const T& last() const {
    const T* found = nullptr;
    for (const auto& event : events_) {
      if (const T* one = std::get_if<T>(&event)) {
        found = one;
      }
    }
    if (found == nullptr) {
      throw std::runtime_error("no such event");
    }
    return *found;
  }

  std::function<void(const core::Event&)> on_event;

 private:
  tests::Sandbox files_{"server"};
  std::string root_;
  std::string build_dir_;
  tests::TurnedLoop loop_;
  std::unique_ptr<server::Server> server_;
  std::vector<core::Event> events_;
};

}  // namespace hrwatch::test
