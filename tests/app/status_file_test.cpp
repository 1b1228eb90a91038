#include "app/status_file.h"

#include "support/catch.h"
#include "support/sandbox.h"

namespace hrwatch::tests {

using app::StatusFile;

namespace {

const char* const file = ".hrwatch/status.json";

core::State state_in(core::Phase phase) {
  core::State state = core::make_state({}, {});
  state.phase = phase;
  return state;
}

}  // namespace

TEST_CASE("the status is read as it was written") {
  const Sandbox sandbox("status");
  sandbox.write(file, "");
  StatusFile status{41, "building", {"game", "sound"}, {}};
  status.hosts.push_back({7, {"game generation 3"}});
  status.hosts.push_back({8, {}});
  app::write_status(sandbox.path(), status);
  const auto read = app::read_status(sandbox.path());
  REQUIRE(read);
  CHECK(read->pid == 41);
  CHECK(read->state == "building");
  CHECK(read->targets == status.targets);
  REQUIRE(read->hosts.size() == 2);
  CHECK(read->hosts[0].pid == 7);
  CHECK(read->hosts[0].modules == std::vector<std::string>{"game generation 3"});
  CHECK(read->hosts[1].modules.empty());
  app::remove_status(sandbox.path());
  CHECK_FALSE(app::read_status(sandbox.path()));
}

TEST_CASE("a name that is no UTF-8 does not end the session") {
  const Sandbox sandbox("status-bytes");
  sandbox.write(file, "");
  app::write_status(sandbox.path(), {1, "building", {"caf\xe9"}, {}});
  const auto read = app::read_status(sandbox.path());
  REQUIRE(read);
  CHECK(read->targets.size() == 1);
}

TEST_CASE("a folder that is gone, and a file that is no status, are no status") {
  const Sandbox sandbox("no-status");
  app::write_status(sandbox.path("gone"), {1, "building", {}, {}});
  CHECK_FALSE(app::read_status(sandbox.path("gone")));
  for (const char* text : {"", "{", "[]", "{}", R"({"pid":"1","state":"","targets":[],"hosts":[]})",
                           R"({"pid":1,"state":"","targets":[],"hosts":[{"pid":1}]})",
                           R"({"pid":1,"state":"","targets":{},"hosts":[]})"}) {
    INFO(text);
    sandbox.write(file, text);
    CHECK_FALSE(app::read_status(sandbox.path()));
  }
}

TEST_CASE("the status tells what each program runs, and why one can't be reloaded") {
  auto state = state_in(core::Phase::idle);
  state.wanted.modules.push_back({});
  state.wanted.modules.back().name = "game";
  state.wanted.modules.back().target = "game_target";
  core::Host host;
  host.pid = 7;
  host.modules["game"] = {"aa", 3, std::nullopt};
  host.modules["sound"] = {"bb", 0, hr::wire::Failure{"it is stripped", "", ""}};
  state.hosts[1] = host;
  const auto status = app::status_of(state, 41);
  CHECK(status.pid == 41);
  CHECK(status.state == "waiting for a save");
  CHECK(status.targets == std::vector<std::string>{"game_target"});
  REQUIRE(status.hosts.size() == 1);
  CHECK(status.hosts[0].pid == 7);
  CHECK(status.hosts[0].modules ==
        std::vector<std::string>{"game generation 3", "sound generation 0 (it is stripped)"});
}

TEST_CASE("each phase has words") {
  CHECK(app::status_of(state_in(core::Phase::starting), 1).state == "starting");
  CHECK(app::status_of(state_in(core::Phase::building), 1).state == "building");
  CHECK(app::status_of(state_in(core::Phase::cancelling), 1).state == "building");
  CHECK(app::status_of(state_in(core::Phase::analysing), 1).state == "analysing");
  CHECK(app::status_of(state_in(core::Phase::lost), 1).state.find("come back") !=
        std::string::npos);
}

}  // namespace hrwatch::tests
