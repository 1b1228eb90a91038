#include "app/distances.h"

#include "support/catch.h"

using hrwatch::analysis::DebugAddress;
using hrwatch::app::debug_words;
using hrwatch::app::Distances;

namespace {

hr::wire::ModuleState module() {
  hr::wire::ModuleState state;
  state.first_place = -0x40000000;
  state.place_size = 0x20000;
  state.place_count = 4;
  state.generations = {{0, "a", 0}, {2, "b", -0x3f000000}};
  return state;
}

}  // namespace

TEST_CASE("generations are where the host has them, later ones at their places") {
  const Distances distances(module());
  CHECK(distances.of(0) == 0);
  CHECK(distances.of(1) == -0x40000000);
  CHECK(distances.of(2) == -0x3f000000);  // not at its place: the host knows better
  CHECK(distances.of(3) == -0x40000000 + 2 * 0x20000);
  CHECK(distances.of(5) == -0x40000000);
}

TEST_CASE("a host that has no places says nothing of later generations") {
  const Distances none;
  CHECK_FALSE(none.of(0).has_value());
  CHECK_FALSE(none.of(1).has_value());
  CHECK(debug_words({{0x100, 0x4000, 0, 0x5000}}, 1, none).empty());
}

TEST_CASE("debug words lead from a copy to storage in older generations") {
  const Distances distances(module());
  const auto words =
      debug_words({{0x100, 0x4000, 0, 0x5000}, {0x200, 0x4008, 2, 0x6000}}, 3, distances);
  REQUIRE(words.size() == 2);
  CHECK(words[0].offset == 0x100);
  CHECK(words[0].expected == 0x4000);
  CHECK(words[0].value == 0x5000 + 0x40000000 - 2 * 0x20000);
  CHECK(words[1].value == 0x6000 - 0x3f000000 + 0x40000000 - 2 * 0x20000);
}
