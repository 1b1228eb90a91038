// Variables that move to other storage, on a real library, with rewirings written by hand.
#include "src/commit.h"
#include "src/prepare.h"
#include "src/withdraw.h"
#include "support/catch.h"
#include "tiny_host.h"

using namespace hr;
using test::TinyHost;

namespace {

using GetCell = int* (*)();

// tiny_cells of version 1, 8 bytes, as those of version 2, 16 bytes.
wire::VariableMove move_of(wire::Rewiring& rewiring) {
  wire::VariableMove move;
  move.home = static_cast<std::uint32_t>(rewiring.homes.size());
  rewiring.homes.push_back({0, test::read_symbols(test::tiny_library("1"))["tiny_cells"], 0, {}});
  move.old_size = 8;
  move.to = test::read_symbols(test::tiny_library("2"))["tiny_cells"];
  move.new_size = 16;
  move.count = 2;
  move.old_stride = move.new_stride = 4;
  move.name = "tiny_cells (tiny.cpp:70)";
  move.report = "tiny_cells moved";
  return move;
}

wire::ModuleReload reload_with(TinyHost& host, void (*change)(wire::VariableMove&)) {
  wire::ModuleReload reload = host.reload("2", 1);
  wire::Rewiring rewiring = host.rewiring("2", 1);
  wire::VariableMove move = move_of(rewiring);
  change(move);
  rewiring.moves.push_back(move);
  reload.rewiring = wire::encode(rewiring);
  return reload;
}

// As hr_poll() does it; the program's part of the stack begins with the caller.
__attribute__((noinline)) wire::Result<wire::Done> poll(runtime::Prepared& prepared) {
  prepared.at_poll = true;
  prepared.poll_frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  return runtime::commit(prepared);
}

// Apart from the tests, in whose frames the address would stay.
__attribute__((noinline)) void keep(TinyHost& host, int** where) {
  *where = reinterpret_cast<GetCell>(host.symbol("tiny_second_cell"))();
}

int* kept = nullptr;

}  // namespace

TEST_CASE("An array moves, and its elements with it") {
  TinyHost host;
  CHECK(host.call("tiny_first_cell") == 2);
  auto prepared = runtime::prepare(host.module, reload_with(host, [](wire::VariableMove&) {}));
  REQUIRE(prepared.ok());
  const auto done = poll(*prepared.value());
  INFO((done ? "" : done.failure().what + ": " + done.failure().why));
  REQUIRE(done.ok());
  CHECK(prepared.value()->remarks == std::vector<std::string>{"tiny_cells moved"});
  CHECK(host.call("tiny_cells_bytes") == 16);
  CHECK(host.call("tiny_first_cell") == 3);
  const auto back = runtime::withdraw(std::span(&host.module, 1), *host.module, 1);
  REQUIRE_FALSE(back.ok());
  CHECK(back.failure().why.find("moved variables") != std::string::npos);
}

TEST_CASE("Members go where the new layout has them, numbers are converted") {
  TinyHost host;
  CHECK(host.call("tiny_first_cell") == 2);
  auto prepared = runtime::prepare(
      host.module, reload_with(host, [](wire::VariableMove& move) {
        using How = wire::MemberMove::How;
        move.count = 1;
        move.old_stride = 8;
        move.new_stride = 16;
        move.members = {{0, 4, 4, 8, How::signed_number, How::signed_number, "first"},
                        {4, 0, 4, 4, How::bytes, How::bytes, "second"}};
      }));
  REQUIRE(prepared.ok());
  REQUIRE(poll(*prepared.value()).ok());
  CHECK(host.call("tiny_first_cell") == 3);  // the second one of before, 2, stands there
  CHECK(reinterpret_cast<GetCell>(host.symbol("tiny_second_cell"))()[0] == 2);
}

TEST_CASE("Nothing moves while a pointer to it is kept") {
  TinyHost host;
  keep(host, &kept);
  auto prepared = runtime::prepare(host.module, reload_with(host, [](wire::VariableMove&) {}));
  REQUIRE(prepared.ok());
  const std::string before = test::image_bytes(*host.module);
  const auto refused = poll(*prepared.value());
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure().what == "tiny_cells (tiny.cpp:70) can't move to its new storage");
  CHECK(refused.failure().why ==
        "memory of the program may hold a pointer into it, which the program would go on using");
  CHECK(refused.failure().fix ==
        "let nothing hold a pointer to it meanwhile, keep it in a std::vector or in hr::state "
        "(#include <hr/hr.hpp>), or restart the program (hrwatch --run relaunches it)");
  CHECK(test::image_bytes(*host.module) == before);
  CHECK(host.module->newest() == 0);
  CHECK(host.call("tiny_cells_bytes") == 8);
  kept = nullptr;
  CHECK(poll(*prepared.value()).ok());
}

TEST_CASE("Nothing moves in a program that never says when") {
  TinyHost host;
  auto prepared = runtime::prepare(host.module, reload_with(host, [](wire::VariableMove&) {}));
  REQUIRE(prepared.ok());
  const auto refused = runtime::commit(*prepared.value());
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure().why ==
        "the program never says when it may, and code may be at work on it at any time");
  CHECK(refused.failure().fix.find("call hr_poll()") != std::string::npos);
}

TEST_CASE("A move that does not fit is refused before anything happens") {
  for (const auto change : {+[](wire::VariableMove& move) { move.count = 3; },
                            +[](wire::VariableMove& move) { move.new_stride = 16; },
                            +[](wire::VariableMove& move) { move.to = 0x7fffffff; },
                            +[](wire::VariableMove& move) { move.old_stride = 0; },
                            +[](wire::VariableMove& move) {
                              move.old_stride = move.new_stride = 8;
                              move.count = 1;
                              move.members.push_back({0, 4, 4, 8, {}, {}, "too long"});
                            }}) {
    TinyHost host;
    const auto prepared = runtime::prepare(host.module, reload_with(host, change));
    REQUIRE_FALSE(prepared.ok());
    CHECK(prepared.failure().what == "the rewiring does not fit module tiny");
  }
}
