// Prepare and commit on a real library, with rewirings written by hand.
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
  auto prepared = runtime::prepare(host.module, host.reload(version, number));
  INFO((prepared ? "" : prepared.failure().what + ": " + prepared.failure().why));
  REQUIRE(prepared.ok());
  REQUIRE(runtime::commit(*prepared.value()).ok());
  host.committed(version, number);
}

std::string rights_of(const runtime::Module& module) {
  return test::memory_rights(module.generation_0().path);
}

}  // namespace

TEST_CASE("A commit leads every way of calling to the new generation") {
  TinyHost host;
  REQUIRE_FALSE(host.module->problem());
  const auto pointer = reinterpret_cast<GetFunction>(host.symbol("tiny_pointer"))();
  CHECK(host.call("tiny_version") == 1);
  CHECK(host.call("tiny_through_plt") == 1);
  CHECK(pointer() == 11);
  reload_now(host, "2", 1);
  CHECK(host.call("tiny_version") == 2);
  CHECK(host.call("tiny_through_plt") == 2);
  CHECK(pointer() == 22);
  CHECK(host.module->newest() == 1);
  reload_now(host, "3", 2);
  CHECK(host.call("tiny_version") == 3);
  CHECK(pointer() == 33);
  reload_now(host, "1", 7);
  CHECK(host.call("tiny_version") == 1);
  CHECK(host.module->newest() == 7);
  CHECK(host.module->state().generations.size() == 4);
}

TEST_CASE("Living variables are shared, whatever way the code reaches them") {
  TinyHost host;
  CHECK(host.call("tiny_count") == 101);
  CHECK(host.call("tiny_thread_count") == 1001);
  reload_now(host, "2", 1);
  CHECK(host.call("tiny_count") == 102);
  CHECK(host.call("tiny_thread_count") == 1002);
  CHECK(*static_cast<int*>(host.symbol("tiny_counter")) == 102);
  reload_now(host, "3", 2);
  CHECK(host.call("tiny_count") == 103);
  CHECK(host.call("tiny_thread_count") == 1003);
}

TEST_CASE("A code patch re-points a RIP-relative operand") {
  TinyHost host;
  auto prepared = runtime::prepare(host.module, host.reload("2", 1));
  REQUIRE(prepared.ok());
  const auto& image = prepared.value()->plans.front().generation->image;
  const auto next = test::read_symbols(test::tiny_library("2"));
  const auto bump = reinterpret_cast<Function>(image.at(next["tiny_bump"]));
  CHECK(bump() == 11);  // version 2's own would be 20
}

TEST_CASE("Images and initialisers run at the commit and not before") {
  TinyHost host;
  CHECK(host.call("tiny_constant") == 1);
  auto prepared = runtime::prepare(host.module, host.reload("2", 1));
  REQUIRE(prepared.ok());
  CHECK(host.call("tiny_constant") == 1);
  CHECK(host.call("tiny_fresh_value") == 0);
  REQUIRE(runtime::commit(*prepared.value()).ok());
  CHECK(*static_cast<const volatile int*>(host.symbol("tiny_constants")) == 2);
  CHECK(host.call("tiny_fresh_value") == 7);
}

TEST_CASE("Function addresses keep their oldest value") {
  TinyHost host;
  const auto oldest = reinterpret_cast<GetFunction>(host.symbol("tiny_from_table"))();
  reload_now(host, "2", 1);
  CHECK(reinterpret_cast<GetFunction>(host.symbol("tiny_from_table"))() == oldest);
  CHECK(oldest() == 22);
}

TEST_CASE("A prepare that is given up leaves the process as it was") {
  TinyHost host;
  const std::string before = test::image_bytes(*host.module);
  const std::string rights = rights_of(*host.module);
  auto prepared = runtime::prepare(host.module, host.reload("2", 1));
  REQUIRE(prepared.ok());
  const std::string published = prepared.value()->plans.front().generation->image.path;
  CHECK(test::image_bytes(*host.module) == before);
  prepared.value().reset();
  CHECK(test::image_bytes(*host.module) == before);
  CHECK(rights_of(*host.module) == rights);
  CHECK_FALSE(test::is_mapped(published));
  CHECK(host.call("tiny_version") == 1);
  reload_now(host, "2", 2);
  CHECK(host.call("tiny_version") == 2);
}

TEST_CASE("After a commit the older code has its page rights back") {
  TinyHost host;
  const std::string rights = rights_of(*host.module);
  reload_now(host, "2", 1);
  CHECK(rights_of(*host.module) == rights);
}

TEST_CASE("A generation is mapped at the place of its number") {
#ifdef __SANITIZE_ADDRESS__
  return;  // its allocator maps memory while the library is loaded, sometimes in that very place
#endif
  TinyHost host;
  const auto& oldest = host.module->generation_0();
  const auto places = host.module->space().first_place();
  const auto size = runtime::place_size_for(oldest.end - oldest.begin);
  reload_now(host, "2", 3);
  CHECK(host.module->find(3)->image.begin == places + 2 * size);
  reload_now(host, "3", 700);
  CHECK(host.module->find(700)->image.begin ==
        places + 699 % host.module->space().place_count() * size);
}
