#include "fake_tool.h"

#include <unistd.h>

#include <fstream>

namespace hr::test {
namespace {

bool readable(int descriptor, int milliseconds) {
  pollfd waiting = {descriptor, POLLIN, 0};
  return ::poll(&waiting, 1, milliseconds) == 1;
}

constexpr int patience_ms = 20'000;

}  // namespace

FakeTool::FakeTool(const std::filesystem::path& build, std::string its_token)
    : token(std::move(its_token)), folder_(build / ".hrwatch") {
  auto listener = transport::Listener::listen(folder_);
  REQUIRE(listener.ok());
  listener_ = std::move(listener).value();
}

void FakeTool::announce(int protocol, unsigned mode) {
  announce_text("{\"protocol\":" + std::to_string(protocol) + ",\"pid\":" +
                    std::to_string(::getpid()) + ",\"socket\":\"" + listener_.path().string() +
                    "\",\"token\":\"" + token + "\",\"answer\":\"" + answer + "\"}",
                mode);
}

void FakeTool::announce_text(const std::string& text, unsigned mode) {
  const auto temporary = folder_ / "session.json.new";
  std::ofstream(temporary) << text;
  std::filesystem::permissions(temporary, static_cast<std::filesystem::perms>(mode));
  std::filesystem::rename(temporary, folder_ / "session.json");
}

void FakeTool::withdraw() {
  std::filesystem::remove(folder_ / "session.json");
}

bool FakeTool::is_called(int milliseconds) {
  return readable(static_cast<int>(listener_.wait_handle()), milliseconds);
}

void FakeTool::accept() {
  REQUIRE(readable(static_cast<int>(listener_.wait_handle()), patience_ms));
  auto stream = listener_.accept();
  REQUIRE(stream.has_value());
  stream_ = std::move(*stream);
  reader_ = {};
}

wire::Hello FakeTool::greet() {
  accept();
  const auto hello = expect<wire::Hello>();
  CHECK(hello.token == token);
  send(wire::Welcome{wire::protocol_version, answer});
  return hello;
}

void FakeTool::send(const wire::ToolMessage& message) {
  send_bytes(wire::encode(message));
}

void FakeTool::send_bytes(std::vector<std::byte> bytes) {
  auto flow = stream_.send(std::move(bytes));
  while (flow == transport::Flow::open && stream_.unsent() > 0) {
    pollfd waiting = {static_cast<int>(stream_.wait_handle()), POLLOUT, 0};
    REQUIRE(::poll(&waiting, 1, patience_ms) == 1);
    flow = stream_.flush();
  }
}

std::optional<wire::HostMessage> FakeTool::next() {
  for (;;) {
    auto frame = reader_.next();
    REQUIRE(frame.ok());
    if (frame.value()) {
      auto message = wire::decode_host_message(*frame.value());
      REQUIRE(message.ok());
      if (message.value())
        return message.value();
      continue;
    }
    if (!stream_.is_open())
      return std::nullopt;
    REQUIRE(readable(static_cast<int>(stream_.wait_handle()), patience_ms));
    std::vector<std::byte> bytes;
    const auto flow = stream_.receive(bytes);
    reader_.feed(bytes);
    if (flow == transport::Flow::closed)
      stream_.close();
  }
}

bool FakeTool::host_hangs_up() {
  while (next()) {
  }
  return true;
}

}  // namespace hr::test
