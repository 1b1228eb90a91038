#include <fstream>

#include "server/fake_host.h"
#include "support/catch.h"

using hrwatch::core::HostChanged;
using hrwatch::core::HostCommitted;
using hrwatch::core::HostJoined;
using hrwatch::core::HostLeft;
using hrwatch::core::HostRefused;
using hrwatch::core::HostRejected;
using hrwatch::core::Trouble;
using hrwatch::test::FakeHost;
using hrwatch::test::ServerFixture;
namespace fs = std::filesystem;
namespace wire = hr::wire;

namespace {

wire::Reload large_reload(std::size_t bytes) {
  wire::Reload reload;
  reload.reload_id = 5;
  reload.modules.push_back({"game", 1, "ccdd", "/b/.hrwatch/gen/game.1.so", {}});
  reload.modules.back().rewiring.resize(bytes);
  return reload;
}

}  // namespace

TEST_CASE("Server welcomes a host with the session's answer, and hears what it says") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  auto [host, id] = fixture.join();
  CHECK(host->heard_one<wire::Welcome>()->answer == fixture.session().answer);
  const auto& joined = fixture.last<HostJoined>();
  CHECK(joined.hello.pid == getpid());
  CHECK(joined.hello.program == "/p/app");
  CHECK(joined.hello.modules.at(0).generations.at(0).build_id == "aabb");
  CHECK(joined.hello.token.empty());
  CHECK(fixture.server().host_count() == 1);

  host->say(wire::ModulesChanged{true, {}});
  host->say(wire::Committed{5, {{"game", 1}}, 10, 20, 30, {}});
  host->say(wire::RefusedByHost{6, "game", {"what", "why", "fix"}});
  REQUIRE(fixture.wait_until([&] { return fixture.count<HostRefused>() == 1; }));
  CHECK(fixture.last<HostChanged>().change.polls);
  CHECK(fixture.last<HostCommitted>().committed.commit_us == 30);
  CHECK(fixture.last<HostRefused>().refused.failure.why == "why");
  CHECK(fixture.last<HostRefused>().host == id);

  host->hang_up();
  REQUIRE(fixture.wait_until([&] { return fixture.count<HostLeft>() == 1; }));
  CHECK(fixture.last<HostLeft>().host == id);
  CHECK(fixture.server().host_count() == 0);
}

TEST_CASE("Server hears the last words of a host that hangs up at once") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  auto [host, id] = fixture.join();
  host->say(wire::Committed{9, {{"game", 2}}, 1, 2, 3, {}});
  host->hang_up();
  REQUIRE(fixture.wait_until([&] { return fixture.count<HostLeft>() == 1; }));
  REQUIRE(fixture.count<HostCommitted>() == 1);
  CHECK(fixture.last<HostCommitted>().committed.reload_id == 9);
}

TEST_CASE("Server believes the system rather than the host about its process number") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  FakeHost host(fixture.session().socket);
  auto hello = fixture.hello();
  hello.pid = 1;
  host.say(hello);
  REQUIRE(fixture.wait_until([&] { return fixture.count<HostJoined>() == 1; }));
  CHECK(fixture.last<HostJoined>().hello.pid == getpid());
}

TEST_CASE("Server sends to one host, and to all") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  auto [one, one_id] = fixture.join();
  auto [two, two_id] = fixture.join();
  CHECK(one_id != two_id);
  fixture.server().send(one_id, large_reload(std::size_t{3} << 20));
  fixture.server().send_to_all(wire::BuildStarted{{"game"}});
  fixture.server().send(9999, wire::BuildFinished{});
  REQUIRE(fixture.wait_until([&, one_host = one.get(), two_host = two.get()] {
    one_host->listen();
    two_host->listen();
    return one_host->heard_one<wire::BuildStarted>() != nullptr &&
           two_host->heard_one<wire::BuildStarted>() != nullptr;
  }));
  REQUIRE(one->heard_one<wire::Reload>() != nullptr);
  CHECK(one->heard_one<wire::Reload>()->modules.at(0).rewiring.size() == std::size_t{3} << 20);
  CHECK(two->heard_one<wire::Reload>() == nullptr);
  CHECK(one->heard_one<wire::BuildFinished>() == nullptr);
}

TEST_CASE("Server turns away who does not know the token, and says why to both sides") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  FakeHost host(fixture.session().socket);
  auto hello = fixture.hello();
  hello.token[3] = hello.token[3] == 'a' ? 'b' : 'a';
  host.say(hello);
  bool open = true;
  REQUIRE(fixture.wait_until([&] {
    open = open && host.listen();
    return !open && fixture.count<HostRejected>() == 1;
  }));
  REQUIRE(host.heard_one<wire::Rejected>() != nullptr);
  CHECK(host.heard_one<wire::Rejected>()->failure == fixture.last<HostRejected>().failure);
  CHECK(host.heard_one<wire::Welcome>() == nullptr);
  CHECK(fixture.count<HostJoined>() == 0);
  CHECK(fixture.count<HostLeft>() == 0);
}

TEST_CASE("Server turns away another protocol") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  FakeHost host(fixture.session().socket);
  auto hello = fixture.hello();
  hello.protocol = wire::protocol_version + 1;
  host.say(hello);
  REQUIRE(fixture.wait_until([&] {
    host.listen();
    return host.heard_one<wire::Rejected>() != nullptr;
  }));
  CHECK(fixture.last<HostRejected>().failure.why.find("protocol 2") != std::string::npos);
}

TEST_CASE("Server drops who speaks before saying hello, or says it twice") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  FakeHost stranger(fixture.session().socket);
  stranger.say(wire::Committed{1, {}, 0, 0, 0, {}});
  REQUIRE(fixture.wait_until([&] { return !stranger.listen(); }));
  CHECK(fixture.count<HostCommitted>() == 0);
  auto [host, id] = fixture.join();
  host->say(fixture.hello());
  REQUIRE(fixture.wait_until([&] { return fixture.count<HostLeft>() == 1; }));
  CHECK(fixture.count<HostJoined>() == 1);
}

TEST_CASE("Server drops who talks nonsense, and serves the others") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  auto [good, good_id] = fixture.join();
  auto [bad, bad_id] = fixture.join();
  SECTION("a frame over the maximum") {
    bad->send_bytes(std::vector<std::byte>(8, std::byte{0xff}));
  }
  SECTION("a frame that is no message") {
    bad->send_bytes({std::byte{8}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{4},
                     std::byte{0}, std::byte{0}, std::byte{0}, std::byte{'{'}, std::byte{'{'},
                     std::byte{'{'}, std::byte{'{'}});
  }
  REQUIRE(fixture.wait_until([&] { return fixture.count<HostLeft>() == 1; }));
  CHECK(fixture.last<HostLeft>().host == bad_id);
  REQUIRE(fixture.count<Trouble>() == 1);
  CHECK(fixture.last<Trouble>().failure.what.find("/p/app (process ") == 0);
  good->say(wire::ModulesChanged{true, {}});
  CHECK(fixture.wait_until([&] { return fixture.count<HostChanged>() == 1; }));
  CHECK(fixture.last<HostChanged>().host == good_id);
}

TEST_CASE("Server survives a connection that is cut in the middle of a frame") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  auto [host, id] = fixture.join();
  auto frame = wire::encode(wire::HostMessage(wire::Committed{1, {{"game", 1}}, 0, 0, 0, {}}));
  frame.resize(frame.size() / 2);
  host->send_bytes(frame);
  host->hang_up();
  REQUIRE(fixture.wait_until([&] { return fixture.count<HostLeft>() == 1; }));
  CHECK(fixture.count<HostCommitted>() == 0);
  CHECK(fixture.count<Trouble>() == 0);
  fixture.join();
}

TEST_CASE("Server takes a message that comes byte by byte") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  FakeHost host(fixture.session().socket);
  const auto frame = wire::encode(wire::HostMessage(fixture.hello()));
  for (const std::byte byte : frame) {
    host.send_bytes({byte});
    fixture.wait_until([turns = 0]() mutable { return turns++ == 1; });
  }
  CHECK(fixture.wait_until([&] { return fixture.count<HostJoined>() == 1; }));
}

TEST_CASE("Server bounds what a stranger may send before it is known") {
  hrwatch::server::ServerLimits limits;
  limits.stranger_bytes = 1000;
  ServerFixture fixture(limits);
  REQUIRE(fixture.server().open().ok());
  FakeHost host(fixture.session().socket);
  // The announced frame is as large as frames may be; it never ends.
  std::vector<std::byte> frame(std::size_t{4} << 20, std::byte{0});
  frame[3] = std::byte{0x0f};
  host.send_bytes(frame);
  CHECK(fixture.wait_until([&] { return !host.listen(); }));
  CHECK(fixture.count<HostJoined>() == 0);
}

TEST_CASE("Server closes connections that never say hello") {
  hrwatch::server::ServerLimits limits;
  limits.greeting_ms = 30;
  ServerFixture fixture(limits);
  REQUIRE(fixture.server().open().ok());
  FakeHost silent(fixture.session().socket);
  auto [host, id] = fixture.join();
  CHECK(fixture.wait_until([&] { return !silent.listen(); }));
  CHECK(fixture.server().host_count() == 1);
  CHECK(host->listen());
}

TEST_CASE("Server lets those who wait longest without a word make room") {
  hrwatch::server::ServerLimits limits;
  limits.strangers = 3;
  ServerFixture fixture(limits);
  REQUIRE(fixture.server().open().ok());
  std::vector<std::unique_ptr<FakeHost>> silent;
  for (int number = 0; number < 6; ++number) {
    silent.push_back(std::make_unique<FakeHost>(fixture.session().socket));
  }
  CHECK(fixture.wait_until([&] { return !silent[0]->listen(); }));
  fixture.join();
}

TEST_CASE("Server drops a host that reads nothing, by name, and is never blocked by it") {
  hrwatch::server::ServerLimits limits;
  limits.unsent_bytes = std::size_t{4} << 20;
  ServerFixture fixture(limits);
  REQUIRE(fixture.server().open().ok());
  auto [stuck, stuck_id] = fixture.join();
  auto [good, good_id] = fixture.join();
  for (int number = 0; number < 8; ++number) {
    fixture.server().send(stuck_id, large_reload(std::size_t{1} << 20));
  }
  CHECK(fixture.count<HostLeft>() == 0);  // never from within send()
  REQUIRE(fixture.wait_until([&] { return fixture.count<HostLeft>() == 1; }));
  CHECK(fixture.last<HostLeft>().host == stuck_id);
  CHECK(fixture.last<Trouble>().failure.what.find("/p/app (process ") == 0);
  CHECK(fixture.last<Trouble>().failure.fix.find("kill -CONT") != std::string::npos);
  fixture.server().send_to_all(wire::BuildFinished{});
  CHECK(fixture.wait_until([&, host = good.get()] {
    host->listen();
    return host->heard_one<wire::BuildFinished>() != nullptr;
  }));
}

TEST_CASE("Server opens again after the build folder was wiped, and keeps its hosts") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  auto [host, id] = fixture.join();
  const auto before = fixture.session();
  fs::remove_all(fixture.build_dir() + "/.hrwatch");
  REQUIRE(fixture.server().open().ok());
  CHECK(fixture.session().token == before.token);
  host->say(wire::ModulesChanged{true, {}});
  CHECK(fixture.wait_until([&] { return fixture.count<HostChanged>() == 1; }));
  fixture.join();
  CHECK(fixture.server().host_count() == 2);
  CHECK(fixture.count<HostLeft>() == 0);
}

TEST_CASE("Server may be ended from within an event") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  const auto socket = fixture.session().socket;
  FakeHost host(socket);
  fixture.on_event = [&](const hrwatch::core::Event&) {
    fixture.end_server();
  };
  host.say(fixture.hello());
  host.say(wire::ModulesChanged{true, {}});
  CHECK(fixture.wait_until([&] { return !host.listen(); }));
  CHECK(fixture.count<HostJoined>() == 1);
  CHECK(fixture.count<HostChanged>() == 0);
  CHECK_FALSE(fs::exists(socket));
}
