// Arrays that grow: what lets them move to larger storage, and what does not.
#include "analysis/variable_storage.h"
#include "lineage/host.h"
#include "lineage/module.h"

using namespace made;

namespace {

// sum() and draw() name the array.
Module program(const std::string& id, int count, const std::string& element = "int") {
  Module module(id);
  module.function("_Z3sumv", 0x1000);
  module.function("_Z4drawv", 0x1100);
  module.function("_Z5otherv", 0x1200);
  module.variable("_ZL4grid", 0x4000, 4 * static_cast<std::uint64_t>(count),
                  element + " [" + std::to_string(count) + "]");
  module.variable("lives", 0x5000);
  module.code(0x1004, 0x4000, true, 0);
  module.code(0x1104, 0x4004, false, 1);
  module.code(0x1204, 0x5000, false, 2);
  return module;
}

// A World of 8 bytes, or with a level of 12, in a variable that step() works on.
Module world(const std::string& id, bool level, bool opted = true) {
  Module module(id);
  module.function("_Z4stepR5World", 0x1000);
  if (opted)
    module.constant("hr_migrate_globals", 0x3000, 1);
  std::vector<Member> members{member("score", "int", 0), member("lives", "int", 4)};
  if (level)
    members.push_back(member("level", "int", 8));
  module.type("World", level ? 12 : 8, members);
  module.variable("_ZL5world", 0x4000, level ? 12 : 8, "World").type_hash = level ? 12 : 8;
  module.code(0x1004, 0x4000, false, 0);
  return module;
}

struct WorldFixture {
  Module before = world("old", false), after = world("new", true);
  Host host;
  Objects objects;
  TypeUses::Index type = host.add("World", {}, 8);

  WorldFixture() {
    host.types.variables = {{0x4000, false, {type}, TypeUses::none, type}};
    host.types.functions = {{0x1000, 0x20, "_Z4stepR5World", {type}, {}, {}}};
  }

  Verdict judge() {
    return Lineage(before.description()).judge(*after.description(), 1, objects, &host);
  }
};

struct Fixture {
  Module before = program("old", 4), after = program("new", 6);
  Host host;
  Objects objects;

  Verdict judge() {
    return Lineage(before.description()).judge(*after.description(), 1, objects, &host);
  }

  void check_why(const std::string& why) {
    const auto reasons = refused(judge());
    REQUIRE(reasons.size() == 1);
    check_failure(reasons[0], "array grid (game.cpp:7) can't grow while the program runs",
                  "int [4] -> int [6] needs other storage; " + why,
                  "undo the edit, keep it in a std::vector or in hr::state (#include "
                  "<hr/hr.hpp>), or restart the program (hrwatch --run relaunches it)");
  }
};

}  // namespace

TEST_CASE("an array's type is split into its elements") {
  const auto grid = array_of("int [3][2]");
  REQUIRE(grid);
  CHECK(grid->element == "int [2]");
  CHECK(grid->count == 3);
  const auto callbacks = array_of("void (*)(int [4]) [7]");
  REQUIRE(callbacks);
  CHECK(callbacks->element == "void (*)(int [4])");
  CHECK(callbacks->count == 7);
  for (const char* none : {"int", "", "std::array<int, 3>", "int []", "int [0]", "int *"})
    CHECK(!array_of(none));
}

TEST_CASE("a grown array moves, and everything that names it is new") {
  Fixture f;
  const Accepted verdict = accepted(f.judge());
  REQUIRE(verdict.rewiring.moves.size() == 1);
  const auto& move = verdict.rewiring.moves[0];
  CHECK(verdict.rewiring.homes.at(move.home).generation == 0);
  CHECK(verdict.rewiring.homes.at(move.home).address == 0x4000);
  CHECK(move.old_size == 16);
  CHECK(move.to == 0x4000);
  CHECK(move.new_size == 24);
  CHECK(move.count == 4);
  CHECK(move.old_stride == 4);
  CHECK(move.new_stride == 4);
  CHECK(move.members.empty());
  CHECK(move.name == "grid (game.cpp:7)");
  CHECK(move.report == "grid has room for 6 elements now; the first 4 keep their values");
  REQUIRE(verdict.rewiring.code.size() == 1);  // of lives alone
  CHECK(verdict.rewiring.code[0].at == 0x1204);
  CHECK(verdict.rewiring.supersede.size() == 3);
  CHECK(verdict.rewiring.places.size() == 2);
}

TEST_CASE("functions of unchanged object files are not left alone with old storage") {
  Fixture f;
  for (Module* module : {&f.before, &f.after})
    for (Function& function : module->raw().functions)
      function.origin = 77;
  CHECK(accepted(f.judge()).rewiring.supersede.size() == 3);
}

TEST_CASE("later generations share the new storage") {
  Fixture f;
  Lineage lineage(f.before.description());
  lineage.adopt(f.after.description(), 1, f.objects, &f.host);
  const Module same = program("third", 6), more = program("fourth", 9), less = program("fifth", 2);
  const Accepted shared = accepted(lineage.judge(*same.description(), 2, f.objects, &f.host));
  CHECK(shared.rewiring.moves.empty());
  REQUIRE(shared.rewiring.code.size() == 3);
  CHECK(shared.rewiring.homes.at(shared.rewiring.code[0].home).generation == 1);
  const Accepted grown = accepted(lineage.judge(*more.description(), 2, f.objects, &f.host));
  REQUIRE(grown.rewiring.moves.size() == 1);
  CHECK(grown.rewiring.homes.at(grown.rewiring.moves[0].home).generation == 1);
  CHECK(grown.rewiring.moves[0].count == 6);
  const Accepted shrunk = accepted(lineage.judge(*less.description(), 2, f.objects, &f.host));
  CHECK(shrunk.rewiring.moves.empty());
}

TEST_CASE("a shrunk array stays where it is, and so do its later generations") {
  Objects objects;
  Host host;
  Lineage lineage(program("old", 4).description());
  lineage.adopt(program("b", 2).description(), 1, objects, &host);
  const Accepted same = accepted(lineage.judge(*program("c", 2).description(), 2, objects, &host));
  REQUIRE(same.rewiring.code.size() == 3);
  CHECK(same.rewiring.homes.at(same.rewiring.code[0].home).generation == 0);
  const Accepted grown = accepted(lineage.judge(*program("d", 3).description(), 2, objects, &host));
  REQUIRE(grown.rewiring.moves.size() == 1);
  CHECK(grown.rewiring.moves[0].old_size == 16);  // whoever points behind the two points into it
  CHECK(grown.rewiring.moves[0].count == 2);
}

TEST_CASE("the words by which exported arrays are reached are told, of every generation") {
  Fixture f;
  for (Module* module : {&f.before, &f.after}) {
    module->raw().variables[0].exported = true;
    module->raw().variables[0].got = 0x3f00;
    module->data(0x3f00, 0x4000, DataReferenceKind::got);
  }
  const Accepted verdict = accepted(f.judge());
  const auto& move = verdict.rewiring.moves.at(0);
  REQUIRE(move.words.size() == 1);
  CHECK(verdict.rewiring.homes.at(move.words[0]).address == 0x3f00);
}

TEST_CASE("a program that can't be asked keeps its arrays") {
  Fixture f;
  const auto reasons =
      refused(Lineage(f.before.description()).judge(*f.after.description(), 1, f.objects));
  CHECK(reasons.at(0).why ==
        "int [4] -> int [6] needs other storage; the program can't be asked what uses it");
}

TEST_CASE("elements with code of their own do not move") {
  Fixture f;
  const auto text = f.host.add("Text", {}, 4);
  f.host.types.classes[text].copied_by_code = true;
  const auto item = f.host.add("Item", {text}, 4);
  f.host.types.classes[item].parts = {text};
  f.host.types.variables.push_back({0x4000, false, {item}, TypeUses::none, item});
  f.check_why("Item is copied and destroyed by code of its own");
  f.host.types.classes[text].copied_by_code = false;
  accepted(f.judge());
}

TEST_CASE("what the program uses by its name does not move") {
  Fixture f;
  f.host.called = {"_ZL4grid"};
  f.check_why("the program uses it by its name, and was not built anew");
}

TEST_CASE("what is initialised at the first call does not move") {
  Fixture f;
  f.after.variable("_ZGVL4grid", 0x6000, 8, "");
  f.check_why("it is initialised when the program first comes by, which has been");
}

TEST_CASE("an array that code without successor uses does not move") {
  Fixture f;
  f.after.raw().functions.erase(f.after.raw().functions.begin() + 1);
  f.after.raw().code_references.clear();
  f.check_why("draw() of generation 0 uses it, and has nothing that takes its place");
}

TEST_CASE("an array that a running function uses does not move") {
  Fixture f;
  f.host.code = {{0, 0x1210}};
  accepted(f.judge());
  f.host.code = {{0, 0x1010}};
  f.check_why("sum() is running, and goes on with it as it was");
  f.host.blind = hr::wire::Failure{"blind", "no rights", "look"};
  f.check_why("blind (no rights)");
}

TEST_CASE("a variable of a changed class gets the new layout, member by member") {
  WorldFixture f;
  const Accepted verdict = accepted(f.judge());
  REQUIRE(verdict.rewiring.moves.size() == 1);
  const auto& move = verdict.rewiring.moves[0];
  CHECK(move.count == 1);
  CHECK(move.old_stride == 8);
  CHECK(move.new_stride == 12);
  REQUIRE(move.members.size() == 2);
  CHECK(move.members[1].name == "lives");
  CHECK(move.members[1].from == 4);
  CHECK(move.members[1].to == 4);
  CHECK(move.report == "world has the new layout of its type: level new");
  CHECK(verdict.rewiring.supersede.size() == 1);  // step() goes on with the new layout
}

TEST_CASE("a module that did not opt in is told of it") {
  WorldFixture f;
  f.after = world("new", true, false);
  const auto reasons = refused(f.judge());
  REQUIRE(reasons.size() == 1);
  check_failure(
      reasons[0], "struct World changed layout",
      "level (int) added at offset 8; 8 -> 12 bytes (game.h:12); objects made before use "
      "the old layout; reached from world (game.cpp:7)",
      undo +
          "; with MIGRATE_GLOBALS in add_hot_module() the variables of the module get the "
          "new layout while it runs, where nothing points to them");
}

TEST_CASE("a variable that is more than its bytes keeps its layout") {
  WorldFixture f;
  f.host.types.classes[f.type].copied_by_code = true;
  const auto reasons = refused(f.judge());
  REQUIRE(reasons.size() == 1);
  check_failure(
      reasons[0], "variable world (game.cpp:7) can't get its new layout",
      "the layout of World changed; World is copied and destroyed by code of its own",
      "undo the edit, keep it in hr::state (#include <hr/hr.hpp>), or restart the program "
      "(hrwatch --run relaunches it)");
}

TEST_CASE("objects elsewhere keep the class as it is") {
  WorldFixture f;
  f.host.called = {"_Z4stepR5World"};
  CHECK(refused(f.judge()).at(0).why.find("the program calls step(World&)") != std::string::npos);
  f.host.called = {};
  f.host.types.variables.push_back({0x10, true, {f.type}, TypeUses::none, f.type});
  CHECK(refused(f.judge()).at(0).why.find("thread_local variables lead to one") !=
        std::string::npos);
  f.host.types.variables.pop_back();
  f.host.add("std::allocator<World>", {f.type});
  f.host.add("std::vector<World>", {f.type});
  CHECK(refused(f.judge()).at(0).why.find("objects may stand in a std::vector<World>") !=
        std::string::npos);
}

TEST_CASE("a function that means the old layout must not be left without successor") {
  WorldFixture f;
  f.before.raw().code_references.clear();
  f.after.raw().functions.clear();
  f.after.raw().code_references.clear();
  const auto reasons = refused(f.judge());
  REQUIRE(reasons.size() == 1);
  check_failure(
      reasons[0], "function step(World&) is gone, and may still be called",
      "it was built for the old layout of World, and whoever has its address would run it "
      "with the new one",
      "leave it as it is in this save and change it in the next, or restart the program "
      "(hrwatch --run relaunches it)");
}
