#include "fake_tool.h"

#include <fstream>

#include "handle_wait.h"
#include "src/process.h"

namespace hr::test {
namespace {

constexpr int patience_ms = 20'000;

// As JSON has it.
std::string escaped(const std::string& path) {
  std::string text;
  for (const char letter : path)
    text += letter == '\\' ? "\\\\" : std::string(1, letter);
  return text;
}

}  // namespace

FakeTool::FakeTool(const std::filesystem::path& build, std::string its_token)
    : token(std::move(its_token)), folder_(build / ".hrwatch") {
  auto listener = transport::Listener::listen(folder_);
  REQUIRE(listener.ok());
  listener_ = std::move(listener).value();
}

void FakeTool::announce(int protocol, unsigned mode) {
  announce_text("{\"protocol\":" + std::to_string(protocol) +
                    ",\"pid\":" + std::to_string(runtime::process_id()) + ",\"socket\":\"" +
                    escaped(listener_.path().string()) + "\",\"token\":\"" + token +
                    "\",\"answer\":\"" + answer + "\"}",
                mode);
}

void FakeTool::announce_text(const std::string& text, unsigned mode) {
  const auto temporary = folder_ / "session.json.new";
  std::ofstream(temporary) << text;
  std::filesystem::permissions(temporary, static_cast<std::filesystem::perms>(mode));
  // Where a host that reads the file just now keeps it from being replaced (Windows).
  REQUIRE(wait_until([&] {
    std::error_code error;
    std::filesystem::rename(temporary, folder_ / "session.json", error);
    return !error;
  }));
}

void FakeTool::withdraw() {
  REQUIRE(wait_until([&] {
    std::error_code error;
    std::filesystem::remove(folder_ / "session.json", error);
    return !error;
  }));
}

bool FakeTool::is_called(int milliseconds) {
  return is_ready(listener_.wait_handle(), milliseconds);
}

void FakeTool::accept() {
  REQUIRE(is_ready(listener_.wait_handle(), patience_ms));
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
    REQUIRE(is_ready(stream_.wait_handle(), patience_ms, true));
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
    REQUIRE(is_ready(stream_.wait_handle(), patience_ms));
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
