#include "lineage/module.h"

using namespace made;
using hr::wire::Rewiring;

namespace {

// names (old) and log (new), built by one function of the unit, g++'s way.
Module with_log(std::vector<Initialiser::Statement> statements) {
  Module module;
  module.variable("names", 0x4000, 24, "std::vector<int>").dynamic = true;
  module.variable("log", 0x4020, 24, "std::vector<int>").dynamic = true;
  module.raw().initialisers.push_back(
      {0x1000, "_GLOBAL__sub_I_game", {0, 1}, std::move(statements)});
  return module;
}

Module before() {
  Module module("old");
  module.variable("names", 0x4000, 24, "std::vector<int>").dynamic = true;
  return module;
}

Initialiser::Statement statement(Address begin, Address end, std::vector<std::uint32_t> touches,
                                 std::vector<std::uint32_t> builds = {}) {
  return {begin, end, std::move(touches), std::move(builds), false};
}

void check_refused(const Module& after) {
  const auto reasons = refused(judge(before(), after));
  REQUIRE(reasons.size() == 1);
  check_failure(reasons[0], "can't build the new variable log",
                "its initialiser also builds variables that live already (/src/game.cpp)",
                "make it a function-local static, or move it to a new file, or restart the program "
                "(hrwatch --run relaunches it)");
}

}  // namespace

TEST_CASE("an initialiser that builds nothing new does not run again") {
  Module after;
  after.variable("names", 0x4000, 24, "std::vector<int>").dynamic = true;
  after.raw().initialisers.push_back({0x1000, "_GLOBAL__sub_I_game", {0}, {}});
  CHECK(accepted(judge(before(), after)).rewiring.initialisers.empty());
}

TEST_CASE("an initialiser of new variables alone runs whole") {
  Module after;
  after.variable("log", 0x4020, 24, "std::vector<int>");
  after.raw().initialisers.push_back({0x1000, "_GLOBAL__sub_I_log", {0}, {}});
  const Accepted verdict = accepted(judge(before(), after));
  REQUIRE(verdict.rewiring.initialisers.size() == 1);
  CHECK(verdict.rewiring.initialisers[0].function == 0x1000);
  CHECK(verdict.rewiring.initialisers[0].variable == "log");
  CHECK(verdict.rewiring.bytes.empty());
  CHECK(verdict.remarks == std::vector<std::string>{"runs the initialiser of log, which is new"});
}

TEST_CASE("statements that build what lives already are jumped over") {
  Initialiser::Statement prologue = statement(0x1004, 0x1010, {});
  prologue.prologue = true;
  const Rewiring rewiring =
      accepted(judge(before(), with_log({prologue, statement(0x1010, 0x1030, {0}),
                                         statement(0x1030, 0x1050, {1})})))
          .rewiring;
  REQUIRE(rewiring.initialisers.size() == 1);
  REQUIRE(rewiring.bytes.size() == 1);
  CHECK(rewiring.bytes[0].at == 0x1010);
  CHECK(rewiring.bytes[0].bytes ==
        std::vector{std::byte{0xe9}, std::byte{0x1b}, std::byte{0}, std::byte{0}, std::byte{0}});
}

TEST_CASE("neighbours to be skipped are skipped by one jump, short ones by a short jump") {
  Rewiring rewiring = accepted(judge(before(), with_log({statement(0x1010, 0x1012, {0}),
                                                         statement(0x1012, 0x1014, {0}),
                                                         statement(0x1014, 0x1020, {1})})))
                          .rewiring;
  REQUIRE(rewiring.bytes.size() == 1);
  CHECK(rewiring.bytes[0].bytes == std::vector{std::byte{0xeb}, std::byte{2}});
}

TEST_CASE("a statement that builds the new from the old runs, the old one does not") {
  const Rewiring told =
      accepted(judge(before(), with_log({statement(0x1010, 0x1030, {0, 1}, {0}),
                                         statement(0x1030, 0x1050, {0, 1}, {1})})))
          .rewiring;
  REQUIRE(told.bytes.size() == 1);
  CHECK(told.bytes[0].at == 0x1010);
  const Rewiring inferred =
      accepted(judge(before(),
                     with_log({statement(0x1010, 0x1030, {0}), statement(0x1030, 0x1050, {0, 1})})))
          .rewiring;
  REQUIRE(inferred.bytes.size() == 1);
  CHECK(inferred.bytes[0].at == 0x1010);
}

TEST_CASE("an initialiser whose parts can't be told apart is refused") {
  check_refused(with_log({}));
  check_refused(with_log({statement(0x1010, 0x1030, {0, 1})}));
  check_refused(with_log({statement(0x1010, 0x1030, {0, 1}, {0, 1})}));
}
