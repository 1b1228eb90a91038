// Taking generations back, on a real library with rewirings written by hand.
#include "src/withdraw.h"

#include "src/commit.h"
#include "src/prepare.h"
#include "support/catch.h"
#include "tiny_host.h"

using namespace hr;
using test::TinyHost;

namespace {

using Function = int (*)();
using GetFunction = Function (*)();

void reload_now(TinyHost& host, const std::string& version, std::uint32_t number) {
  auto reload = host.reload(version, number);
  reload.withdrawals = host.module->withdrawals();
  auto prepared = runtime::prepare(host.module, reload);
  INFO((prepared ? "" : prepared.failure().what + ": " + prepared.failure().why));
  REQUIRE(prepared.ok());
  REQUIRE(runtime::commit(*prepared.value()).ok());
  host.committed(version, number);
}

wire::Result<std::vector<wire::WithdrawnModule>> take_back(TinyHost& host, std::uint32_t number) {
  return runtime::withdraw({&host.module, 1}, *host.module, number);
}

}  // namespace

TEST_CASE("Withdrawn generations lead every way of calling back, one by one") {
  TinyHost host;
  const auto pointer = reinterpret_cast<GetFunction>(host.symbol("tiny_pointer"))();
  reload_now(host, "2", 1);
  const auto table = reinterpret_cast<GetFunction>(host.symbol("tiny_from_table"))();
  reload_now(host, "3", 2);
  CHECK(host.call("tiny_version") == 3);
  CHECK(host.call("tiny_constant") == 3);

  auto done = take_back(host, 2);
  REQUIRE(done.ok());
  REQUIRE(done.value().size() == 1);
  CHECK(done.value()[0].module == "tiny");
  CHECK(done.value()[0].withdrawal.generation == 2);
  CHECK(done.value()[0].running == 1);
  CHECK(host.module->running() == 1);
  CHECK(host.module->newest() == 2);
  CHECK(host.call("tiny_version") == 2);
  CHECK(host.call("tiny_through_plt") == 2);
  CHECK(host.call("tiny_constant") == 2);
  CHECK(pointer() == 22);
  CHECK(table() == 22);

  REQUIRE(take_back(host, 1).ok());
  CHECK(host.module->running() == 0);
  CHECK(host.call("tiny_version") == 1);
  CHECK(host.call("tiny_through_plt") == 1);
  CHECK(host.call("tiny_constant") == 1);
  CHECK(pointer() == 11);
  CHECK(table() == 11);
  CHECK(host.module->state().withdrawn.size() == 2);
}

TEST_CASE("Code of a withdrawn generation that still runs reaches older bodies") {
  TinyHost host;
  reload_now(host, "2", 1);
  const auto symbols = test::read_symbols(test::tiny_library("2"));
  const auto newest =
      reinterpret_cast<Function>(host.module->find(1)->image.at(symbols["tiny_through_plt"]));
  CHECK(newest() == 2);
  REQUIRE(take_back(host, 1).ok());
  CHECK(newest() == 1);
}

TEST_CASE("What goes live after a withdrawal runs, and can be withdrawn to what ran before") {
  TinyHost host;
  reload_now(host, "2", 1);
  REQUIRE(take_back(host, 1).ok());
  reload_now(host, "3", 2);
  CHECK(host.call("tiny_version") == 3);
  CHECK(host.call("tiny_through_plt") == 3);
  REQUIRE(take_back(host, 2).ok());
  CHECK(host.module->running() == 0);
  CHECK(host.call("tiny_version") == 1);
  reload_now(host, "2", 3);
  CHECK(host.call("tiny_version") == 2);
  CHECK(host.call("tiny_constant") == 2);
  REQUIRE(take_back(host, 3).ok());
  CHECK(host.call("tiny_version") == 1);
}

TEST_CASE("State made while a withdrawn generation ran stays") {
  TinyHost host;
  CHECK(host.call("tiny_count") == 101);
  reload_now(host, "2", 1);
  CHECK(host.call("tiny_count") == 102);
  REQUIRE(take_back(host, 1).ok());
  CHECK(host.call("tiny_count") == 103);
}

TEST_CASE("What can't be withdrawn is refused by name") {
  TinyHost host;
  const auto nothing = take_back(host, 0);
  REQUIRE_FALSE(nothing.ok());
  CHECK(nothing.failure().what == "there is nothing to take back");
  CHECK(nothing.failure().why == "module tiny runs what the program started with");
  CHECK_FALSE(nothing.failure().fix.empty());

  reload_now(host, "2", 1);
  reload_now(host, "3", 2);
  const auto late = take_back(host, 1);
  REQUIRE_FALSE(late.ok());
  CHECK(late.failure().what == "generation 1 of module tiny can't be taken back");
  CHECK(late.failure().why == "generation 2 runs by now");
  CHECK_FALSE(late.failure().fix.empty());
  CHECK(host.call("tiny_version") == 3);
}

TEST_CASE("A generation that migrated state is not taken back") {
  TinyHost host;
  auto prepared = runtime::prepare(host.module, host.reload("2", 1));
  REQUIRE(prepared.ok());
  prepared.value()->plans.front().generation->undo.migrated = true;
  REQUIRE(runtime::commit(*prepared.value()).ok());
  const auto refused = take_back(host, 1);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure().what == "generation 1 of module tiny can't be taken back");
  CHECK(refused.failure().why.find("rebuilt state in a new layout") != std::string::npos);
  CHECK(refused.failure().fix.find("undo the edit and save") != std::string::npos);
  CHECK(host.call("tiny_version") == 2);
}

TEST_CASE("A reload that was judged before a withdrawal does not go live") {
  TinyHost host;
  reload_now(host, "2", 1);
  const auto reload = host.reload("3", 2);
  auto prepared = runtime::prepare(host.module, reload);
  REQUIRE(prepared.ok());
  REQUIRE(take_back(host, 1).ok());
  const auto committed = runtime::commit(*prepared.value());
  REQUIRE_FALSE(committed.ok());
  CHECK(committed.failure().why.find("older code was put back") != std::string::npos);
  CHECK(host.call("tiny_version") == 1);
  prepared.value().reset();
  CHECK_FALSE(runtime::prepare(host.module, reload).ok());
}
