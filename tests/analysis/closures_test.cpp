#include "analysis/closures.h"

#include "support/catch.h"

using hrwatch::analysis::ClosureNames;
using hrwatch::analysis::closures_in;

TEST_CASE("a call operator belongs to the function its closure was written in") {
  // game::run(int)::{lambda(int)#2}::operator()(int) const
  const ClosureNames names = closures_in("_ZZN4game3runEiENKUliE0_clEi");
  REQUIRE(names.places.size() == 1);
  CHECK(names.places[0].enclosing == "game::run(int)");
  REQUIRE(names.places[0].path.size() == 1);
  CHECK(names.places[0].path[0].number == 2);
  CHECK(names.masked == closures_in("_ZZN4game3runEiENKUliE5_clEi").masked);
}

TEST_CASE("clang's numbers are read as well") {
  const ClosureNames names = closures_in("_ZZN4game3runEiENK3$_1clEi");
  REQUIRE(names.places.size() == 1);
  CHECK(names.places[0].enclosing == "game::run(int)");
  CHECK(names.places[0].path[0].number == 1);
}

TEST_CASE("a template over a closure embeds it, whatever the name's substitutions") {
  // std::_Function_handler<int (int), run(int)::{lambda(int)#1}>::_M_invoke(...)
  const ClosureNames names =
      closures_in("_ZNSt17_Function_handlerIFiiEZ3runiEUliE_E9_M_invokeERKSt9_Any_dataOi");
  REQUIRE(names.places.size() == 1);
  CHECK(names.places[0].enclosing == "run(int)");
  CHECK(names.places[0].path[0].number == 1);
}

TEST_CASE("a closure in a closure has a path") {
  const ClosureNames names = closures_in("_ZZZ3runvENKUlvE_clEvENKUliE0_clEi");
  REQUIRE(names.places.size() == 1);
  CHECK(names.places[0].enclosing == "run()");
  REQUIRE(names.places[0].path.size() == 2);
  CHECK(names.places[0].path[0].number == 1);
  CHECK(names.places[0].path[1].number == 2);
}

TEST_CASE("a name can embed closures of two functions") {
  // void both<one()::{lambda()#1}, two()::{lambda()#1}>(...)
  const ClosureNames names = closures_in("_Z4bothIZ3onevEUlvE_Z3twovEUlvE_EvT_T0_");
  REQUIRE(names.places.size() == 2);
  CHECK(names.places[0].enclosing == "one()");
  CHECK(names.places[1].enclosing == "two()");
}

TEST_CASE("other names embed none, though they look like it") {
  for (const char* name : {"_Z4playi", "main", "_Z6Ultraxv", "_ZN5UlvE_3fooEv", "_Z1$", "Ul", ""})
    CHECK(closures_in(name).places.empty());
}
