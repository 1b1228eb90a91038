// Connections cut in the middle of a frame, and strangers on the socket, on both sides.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "support/catch.h"
#include "support/project.h"
#include "support/wait.h"
#include "wire/messages.h"

namespace hrwatch::tests {

namespace {

using namespace std::chrono_literals;

Event session_of(Project& project) {
  return Event::parse(project.folder().read("build/.hrwatch/session.json"), nullptr, false);
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

// Sends `bytes` to the session's socket, reads for a moment, and hangs up.
void send_and_hang_up(const std::string& path, std::string_view bytes) {
  const int stranger = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(path);
  REQUIRE(connect(stranger, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(send(stranger, bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0);
  pollfd answer{stranger, POLLIN, 0};
  poll(&answer, 1, 50);
  close(stranger);
}

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A session whose tool says this to the first program that comes, and hangs up.
void say_and_hang_up(Project& project, const std::string& said) {
  const auto folder = project.folder().path("build/.hrwatch");
  const std::string path = folder / "fake.sock";
  const int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(path);
  REQUIRE(bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(listen(listening, 4) == 0);
  const Event session = {{"protocol", hr::wire::protocol_version},
                         {"pid", getpid()},
                         {"socket", path},
                         {"token", "00"},
                         {"answer", "11"}};
  project.folder().replace("build/.hrwatch/session.json", session.dump());
  std::filesystem::permissions(folder / "session.json", std::filesystem::perms::owner_read |
                                                            std::filesystem::perms::owner_write);
  pollfd waiting{listening, POLLIN, 0};
  const bool came = poll(&waiting, 1, 15000) == 1;
  CHECK(came);
  if (came) {
    const int host = accept(listening, nullptr, nullptr);
    CHECK(send(host, said.data(), said.size(), MSG_NOSIGNAL) > 0);
    close(host);
  }
  close(listening);
  unlink(path.c_str());
  std::filesystem::remove(folder / "session.json");
}

}  // namespace

TEST_CASE("a host that cuts its frame or talks nonsense does not disturb the tool") {
  Project project("half-frame");
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  const auto program = project.start_program();
  REQUIRE(tool->wait("app_joined"));
  const Event session = session_of(project);
  REQUIRE(session.is_object());
  const std::string path = session["socket"];
  hr::wire::Hello hello;
  hello.token = session["token"];
  hello.pid = static_cast<int>(getpid());
  hello.program = "stranger";
  const std::string frame = text_of(hr::wire::encode(hr::wire::HostMessage(hello)));
  send_and_hang_up(path, frame.substr(0, frame.size() / 2));
  send_and_hang_up(path, frame.substr(0, 2));
  send_and_hang_up(path, std::string("\xff\xff\xff\xff\x10\0\0\0", 8));
  send_and_hang_up(path, std::string(5000, 'x'));
  send_and_hang_up(path, frame + frame.substr(0, 5));
  hello.token = "not the token";
  send_and_hang_up(path, text_of(hr::wire::encode(hr::wire::HostMessage(hello))));
  project.set_label("second");
  const bool shown = shows(*program, "second");
  INFO(tool->transcript());
  CHECK(shown);
  CHECK(tool->process().running());
}

TEST_CASE("a tool that cuts its frame leaves the program to the next tool") {
  const std::string welcome =
      text_of(hr::wire::encode(hr::wire::ToolMessage(hr::wire::Welcome{1, "11"})));
  hr::wire::Reload reload{1, {{"game", 1, std::string(40, 'a'), "/nowhere", {}}}};
  const std::string announced = text_of(hr::wire::encode(hr::wire::ToolMessage(reload)));
  for (const std::string& said :
       {welcome.substr(0, welcome.size() / 2), welcome + announced.substr(0, announced.size() / 2),
        welcome + announced.substr(0, 3)}) {
    Project project("cut-by-tool");
    REQUIRE(project.build());
    const auto program = project.start_program();
    REQUIRE(shows(*program, "first"));
    say_and_hang_up(project, said);
    CHECK(program->running());
    const auto tool = project.start_tool();
    const auto joined = tool->wait("app_joined");
    INFO(tool->transcript());
    REQUIRE(joined);
    project.set_label("second");
    CHECK(shows(*program, "second"));
  }
}

}  // namespace hrwatch::tests
