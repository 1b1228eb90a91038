// Classes whose objects live in frames alone are free to change.
#include "lineage/host.h"
#include "lineage/module.h"

using namespace made;

namespace {

Module program(const std::string& id, std::uint64_t size) {
  Module module(id);
  std::vector<Member> members{member("x", "float", 0), member("y", "float", 4)};
  if (size > 8)
    members.push_back(member("hp", "int", 8));
  module.type("Hit", size, members);
  module.function("_Z4testv", 0x1000);
  module.function("_Z4drawRK3Hit", 0x1100);
  module.function("_Z7compareRKvS0_", 0x1200);
  module.function("_Z5otherv", 0x1300);
  module.variable("hits", 0x4000, 4, "int");
  return module;
}

struct Fixture {
  Module before = program("old", 8), after = program("new", 12);
  Host host;
  TypeUses::Index hit = host.add("Hit", {}, 8);

  Fixture() {
    host.types.functions = {
        {0x1000, 0x20, "_Z4testv", {}, {hit}, {}},            // has one of its own
        {0x1100, 0x20, "_Z4drawRK3Hit", {hit}, {}, {}},       // takes one
        {0x1200, 0x20, "_Z7compareRKvS0_", {0}, {}, {hit}}};  // compare() gets pointers to anything
  }

  Verdict judge() {
    Objects objects;
    return Lineage(before.description()).judge(*after.description(), 1, objects, &host);
  }

  std::string why() { return refused(judge()).at(0).why; }
};

const std::string grown =
    "hp (int) added at offset 8; 8 -> 12 bytes (game.h:12); objects made before use the old "
    "layout; ";

}  // namespace

TEST_CASE("a class that lives in frames alone may change") {
  Fixture f;
  const Accepted verdict = accepted(f.judge());
  // Functions that don't hand any on are forwarded; those that do are other functions from now on.
  std::vector<Address> superseded;
  for (const auto& older : verdict.rewiring.supersede)
    superseded.push_back(older.entry);
  CHECK(superseded == std::vector<Address>{0x1000, 0x1300});
}

TEST_CASE("the generations after the change go on with the new functions") {
  Fixture f;
  Objects objects;
  Lineage lineage(f.before.description());
  lineage.adopt(f.after.description(), 1, objects, &f.host);
  Module next = program("newer", 12);
  const Accepted verdict = accepted(lineage.judge(*next.description(), 2, objects, &f.host));
  std::vector<std::pair<std::uint32_t, Address>> superseded;
  for (const auto& older : verdict.rewiring.supersede)
    superseded.emplace_back(older.generation, older.entry);
  CHECK(superseded == std::vector<std::pair<std::uint32_t, Address>>{
                          {1, 0x1000}, {1, 0x1100}, {1, 0x1200}, {1, 0x1300}});
}

TEST_CASE("a variable that leads to such objects keeps the class as it is") {
  Fixture f;
  const auto list = f.host.add("std::vector<Hit>", {f.hit}, 24);
  f.host.types.variables.push_back({0x4000, false, {list}, TypeUses::none});
  f.before.variable("recent", 0x4010, 24, "std::vector<Hit>");
  CHECK(f.why() == grown + "reached from recent (game.cpp:7)");
}

TEST_CASE("objects behind a base class, or a pointer in a thread-local, are found") {
  Fixture f;
  const auto base = f.host.add("Shape");
  f.host.types.classes[base].polymorphic = true;
  f.host.types.classes[f.hit].bases = {base};
  f.host.types.variables.push_back({0x8, true, {base}, base});
  CHECK(f.why() == grown + "reached from variables of the module");
}

TEST_CASE("objects on the heap keep the class as it is") {
  Fixture f;
  SECTION("of the very size") {
    f.host.types.allocations = {{0x1300, 8}};
    CHECK(f.why() == grown + "may be made on the heap by other()");
  }
  SECTION("as many as it computes, in a function that handles them") {
    f.host.types.allocations = {{0x1100, 0}};
    CHECK(f.why() == grown + "may be made on the heap by draw(Hit const&)");
  }
  SECTION("of another size they don't") {
    f.host.types.allocations = {{0x1300, 16}, {0x1300, 0}, {0x1100, 40}};
    accepted(f.judge());
  }
}

TEST_CASE("a function that the program itself calls can't change its meaning") {
  Fixture f;
  f.host.called = {"_Z4drawRK3Hit"};
  CHECK(f.why() == grown + "the program calls draw(Hit const&)");
  f.host.called = {"_Z4testv"};
  accepted(f.judge());
}

TEST_CASE("a frame that has such an object keeps the class as it is") {
  Fixture f;
  SECTION("now") {
    f.host.code = {{0, 0x1308}, {0, 0x1004}};
    CHECK(f.why() == grown + "test() is running with one");
  }
  SECTION("one that was handed it does not: it goes on with the functions it knew") {
    f.host.code = {{0, 0x1104}};
    accepted(f.judge());
  }
  SECTION("code of a build that is gone may be anything") {
    f.host.code = {{3, 0x1004}};
    CHECK(f.why() ==
          grown + "a thread is in code of generation 3, whose file can't be read any more");
  }
  SECTION("threads that can't be looked at may be anywhere") {
    f.host.blind = hr::wire::Failure{"its threads can't be looked at", "a debugger has it", ""};
    CHECK(f.why() == grown + "its threads can't be looked at (a debugger has it)");
  }
}
