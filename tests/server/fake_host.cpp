#include "server/fake_host.h"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "support/catch.h"

namespace hrwatch::test {
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds patience(10);

}  // namespace

FakeHost::FakeHost(const std::string& socket) {
  auto stream = hr::transport::connect(socket);
  REQUIRE(stream.ok());
  stream_ = std::move(stream).value();
}

void FakeHost::say(const hr::wire::HostMessage& message) {
  send_bytes(hr::wire::encode(message));
}

void FakeHost::send_bytes(const std::vector<std::byte>& bytes) {
  stream_.send(bytes);
}

bool FakeHost::listen() {
  std::vector<std::byte> bytes;
  const bool open = stream_.flush() == hr::transport::Flow::open &&
                    stream_.receive(bytes) == hr::transport::Flow::open;
  reader_.feed(bytes);
  for (;;) {
    auto frame = reader_.next();
    REQUIRE(frame.ok());
    if (!frame.value()) {
      return open;
    }
    auto message = hr::wire::decode_tool_message(*frame.value());
    REQUIRE(message.ok());
    REQUIRE(message.value());
    heard_.push_back(std::move(*message.value()));
  }
}

ServerFixture::ServerFixture(server::ServerLimits limits, const std::string& subfolder) {
  root_ = files_.path().generic_string();
  build_dir_ = subfolder.empty() ? root_ : root_ + "/" + subfolder;
  fs::create_directories(build_dir_);
  server_ = std::make_unique<server::Server>(
      loop_.get(), build_dir_,
      [this](core::Event event) {
        events_.push_back(event);
        if (on_event) {
          on_event(event);
        }
      },
      limits);
}

ServerFixture::~ServerFixture() {
  server_.reset();
  CHECK(loop_.close());
}

SessionText ServerFixture::session() const {
  std::ifstream file(session_path());
  const auto json = nlohmann::json::parse(file, nullptr, false);
  REQUIRE(json.is_object());
  return {json.at("protocol"), json.at("pid"), json.at("socket"), json.at("token"),
          json.at("answer")};
}

hr::wire::Hello ServerFixture::hello() const {
  hr::wire::Hello hello;
  hello.token = session().token;
  hello.pid = getpid();
  hello.program = "/p/app";
  hello.modules.push_back({"game", "/p/libgame.so", 7, {{0, "aabb"}}, std::nullopt});
  return hello;
}

std::pair<std::unique_ptr<FakeHost>, core::HostId> ServerFixture::join() {
  const int joined = count<core::HostJoined>();
  auto host = std::make_unique<FakeHost>(session().socket);
  host->say(hello());
  REQUIRE(wait_until([&] {
    host->listen();
    return count<core::HostJoined>() > joined && host->heard_one<hr::wire::Welcome>() != nullptr;
  }));
  return {std::move(host), last<core::HostJoined>().host};
}

bool ServerFixture::wait_until(const std::function<bool()>& condition) {
  return loop_.wait_until(condition, patience);
}

}  // namespace hrwatch::test
