// Verbs of the command line at the session's door, and what hosts tell of crashes.
#include <future>

#include "server/ask_session.h"
#include "server/fake_host.h"
#include "support/catch.h"

using hrwatch::core::CommandAsked;
using hrwatch::core::HostAnswered;
using hrwatch::core::HostCrashed;
using hrwatch::core::HostJoined;
using hrwatch::core::HostLeft;
using hrwatch::core::HostRejected;
using hrwatch::core::HostWithdrew;
using hrwatch::server::ask_session;
using hrwatch::test::FakeHost;
using hrwatch::test::ServerFixture;
namespace wire = hr::wire;
using namespace std::chrono_literals;

TEST_CASE("a verb is passed on, and gets its answer") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  auto asked = std::async(std::launch::async, [&] {
    return ask_session(fixture.build_dir(), "rollback", "game", 10s);
  });
  REQUIRE(fixture.wait_until([&] { return fixture.count<CommandAsked>() == 1; }));
  const auto command = fixture.last<CommandAsked>();
  CHECK(command.verb == "rollback");
  CHECK(command.argument == "game");
  fixture.server().answer(command.command, {4, "some lines\n", wire::Failure{"a", "b", "c"}});
  REQUIRE(fixture.wait_until([&] { return asked.wait_for(0s) == std::future_status::ready; }));
  const auto answer = asked.get();
  REQUIRE(answer.ok());
  CHECK(answer.value().code == 4);
  CHECK(answer.value().text == "some lines\n");
  REQUIRE(answer.value().failure);
  CHECK(answer.value().failure->fix == "c");
  CHECK(fixture.count<HostJoined>() == 0);
  CHECK(fixture.count<HostLeft>() == 0);
  fixture.server().answer(command.command, {});  // it has gone: nothing happens
}

TEST_CASE("a verb that does not show the token is turned away") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  FakeHost verb(fixture.session().socket);
  wire::Command command;
  command.token = "guessed";
  command.verb = "rollback";
  verb.say(command);
  REQUIRE(fixture.wait_until([&] { return fixture.count<HostRejected>() == 1; }));
  fixture.wait_until([&] { return !verb.listen(); });
  const auto* answer = verb.heard_one<wire::Answered>();
  REQUIRE(answer != nullptr);
  CHECK(answer->code == 3);
  REQUIRE(answer->failure);
  CHECK(answer->failure->what.find("hrwatch rollback (process ") == 0);
  CHECK(answer->failure->what.find("was turned away") != std::string::npos);
  CHECK_FALSE(answer->failure->fix.empty());
  CHECK(fixture.count<CommandAsked>() == 0);
}

TEST_CASE("a verb waits longer than a stranger may") {
  hrwatch::server::ServerLimits limits;
  limits.greeting_ms = 20;
  ServerFixture fixture(limits);
  REQUIRE(fixture.server().open().ok());
  FakeHost verb(fixture.session().socket);
  FakeHost stranger(fixture.session().socket);
  wire::Command command;
  command.token = fixture.session().token;
  command.verb = "status";
  verb.say(command);
  REQUIRE(fixture.wait_until([&] { return fixture.count<CommandAsked>() == 1; }));
  REQUIRE(fixture.wait_until([&] { return !stranger.listen(); }));
  CHECK(verb.listen());
}

TEST_CASE("without a session there is nobody to ask") {
  ServerFixture fixture;
  const auto none = ask_session(fixture.build_dir(), "rollback", "", 1s);
  REQUIRE_FALSE(none.ok());
  CHECK(none.failure().what == "no hrwatch works on " + fixture.build_dir());
  CHECK(none.failure().fix == "start one: hrwatch --build-dir " + fixture.build_dir());
  REQUIRE(fixture.server().open().ok());
  const auto silent = ask_session(fixture.build_dir(), "rollback", "", 50ms);
  REQUIRE_FALSE(silent.ok());
  CHECK(silent.failure().what == "the session did not answer");
  CHECK_FALSE(silent.failure().fix.empty());
}

TEST_CASE("crashes, withdrawals and answers of a host are heard, in order") {
  ServerFixture fixture;
  REQUIRE(fixture.server().open().ok());
  auto [host, id] = fixture.join();
  wire::Crashed crash;
  crash.crash = 7;
  crash.stack.resize(65536);
  host->say(wire::Withdrawn{1, {{"game", {2, 2}, 1}}});
  host->say(wire::RequestDone{1, 1, {}});
  host->say(crash);
  REQUIRE(fixture.wait_until([&, &sent = host] {
    sent->listen();
    return fixture.count<HostCrashed>() == 1;
  }));
  CHECK(fixture.last<HostWithdrew>().withdrawn.modules.at(0).running == 1);
  CHECK(fixture.last<HostAnswered>().done.count == 1);
  CHECK(fixture.last<HostCrashed>().crash.stack.size() == 65536);
  CHECK(fixture.last<HostCrashed>().host == id);
}
