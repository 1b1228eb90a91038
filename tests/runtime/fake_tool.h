// The tool's end of a session, played by a test: listens, writes the session file, and says what
// the test wants said.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <variant>

#include "support/catch.h"
#include "transport/local_socket.h"
#include "wire/messages.h"

namespace hr::test {

// Waits until `condition()` holds; false when it does not within `seconds`.
template <class Condition>
bool wait_until(Condition condition, int seconds = 20) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

class FakeTool {
 public:
  // Listens in <build>/.hrwatch. The session file comes with `announce`.
  explicit FakeTool(const std::filesystem::path& build, std::string token = "0badc0de");

  // Writes the session file and renames it into place.
  void announce(int protocol = wire::protocol_version, unsigned mode = 0600);
  // Any text as the session file.
  void announce_text(const std::string& text, unsigned mode = 0600);
  void withdraw();

  // The next connection; fails the test when none comes.
  void accept();
  // True when one comes within `milliseconds`.
  bool is_called(int milliseconds);
  // accept(), the Hello with its token checked, and the Welcome.
  wire::Hello greet();

  // The host calls again at once, by the announcement it finds: withdraw() before, where another
  // tool is to listen in this one's place.
  void hang_up() { stream_.close(); }

  void send(const wire::ToolMessage& message);
  void send_bytes(std::vector<std::byte> bytes);

  transport::Stream& stream() { return stream_; }

  // The next message of type Message; others before it are dropped. Fails the test when none comes.
  template <class Message>
  Message expect() {
    for (;;) {
      std::optional<wire::HostMessage> message = next();
      REQUIRE(message.has_value());
      if (const Message* wanted = std::get_if<Message>(&*message))
        return *wanted;
    }
  }

  // The next message; nothing when the host has hung up. Fails the test when nothing happens.
  std::optional<wire::HostMessage> next();
  bool host_hangs_up();

  const std::string token;
  const std::string answer = "feedface";

 private:
  std::filesystem::path folder_;
  transport::Listener listener_;
  transport::Stream stream_;
  wire::FrameReader reader_;
};

}  // namespace hr::test
