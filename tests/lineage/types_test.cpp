#include "lineage/host.h"
#include "lineage/module.h"

using namespace made;

namespace {

Module with_enemy(std::vector<Member> members, std::uint64_t size) {
  Module module;
  module.type("Enemy", size, std::move(members));
  return module;
}

Module old_enemy() {
  Module module = with_enemy({member("x", "float", 0), member("y", "float", 4)}, 8);
  module.raw().build_id = "old";
  return module;
}

}  // namespace

TEST_CASE("a member that was added is named with its place") {
  const auto reasons = refused(judge(
      old_enemy(),
      with_enemy({member("x", "float", 0), member("y", "float", 4), member("hp", "int", 8)}, 12)));
  REQUIRE(reasons.size() == 1);
  check_failure(
      reasons[0], "struct Enemy changed layout",
      "hp (int) added at offset 8; 8 -> 12 bytes (game.h:12); objects made before use the "
      "old layout",
      undo);
}

TEST_CASE("members that went, changed type or moved are named") {
  const auto removed = refused(judge(old_enemy(), with_enemy({member("x", "float", 0)}, 4)));
  CHECK(
      removed.at(0).why ==
      "y (float) removed from offset 4; 8 -> 4 bytes (game.h:12); objects made before use the old "
      "layout");
  const auto retyped =
      refused(judge(old_enemy(), with_enemy({member("x", "int", 0), member("y", "float", 4)}, 8)));
  CHECK(retyped.at(0).why ==
        "x changed from float to int (game.h:12); objects made before use the old layout");
  const auto moved = refused(
      judge(old_enemy(), with_enemy({member("y", "float", 0), member("x", "float", 4)}, 8)));
  CHECK(moved.at(0).why ==
        "y moved from offset 4 to offset 0, x moved from offset 0 to offset 4 (game.h:12); objects "
        "made before use the old layout");
}

TEST_CASE("one more enumerator is no change, another value is") {
  const auto with_mode = [](std::vector<Member> enumerators) {
    Module module(std::to_string(enumerators.size()) + enumerators.back().name);
    module.type("Mode", 4, std::move(enumerators));
    module.raw().types["Mode"].kind = "enum";
    return module;
  };
  const Module before = with_mode({member("idle", "", 0), member("walk", "", 1)});
  CHECK(std::holds_alternative<Accepted>(judge(
      before, with_mode({member("idle", "", 0), member("walk", "", 1), member("run", "", 2)}))));
  const auto shifted = refused(judge(
      before, with_mode({member("idle", "", 0), member("run", "", 1), member("walk", "", 2)})));
  REQUIRE(shifted.size() == 1);
  check_failure(shifted[0], "enum Mode changed its values",
                "walk changed from 1 to 2 (game.h:12); what was stored before means the old ones",
                undo);
  CHECK(refused(judge(before, with_mode({member("idle", "", 0)}))).at(0).why ==
        "walk removed (game.h:12); what was stored before means the old ones");
}

TEST_CASE("bit-fields and bases are told apart") {
  Module before("old");
  Member flag = member("flag", "unsigned int", 0);
  flag.bit_size = 1;
  Member base = member("", "Thing", 0);
  base.base = true;
  before.type("Enemy", 8, {flag});
  Module after;
  flag.bit_size = 2;
  after.type("Enemy", 8, {base, flag});
  CHECK(refused(judge(before, after)).at(0).why ==
        "base Thing added at offset 0, flag changed from 1 to 2 bits (game.h:12); objects made "
        "before use the old layout");
}

TEST_CASE("a long list of differences is cut") {
  Module before("old"), after;
  before.type("Enemy", 4, {member("id", "int", 0)});
  std::vector<Member> many;
  for (const char* name : {"id", "a", "b", "c", "d", "e", "f"}) {
    many.push_back(member(name, "int", 4 * many.size()));
  }
  after.type("Enemy", 28, many);
  CHECK(refused(judge(before, after)).at(0).why ==
        "a (int) added at offset 4, b (int) added at offset 8, c (int) added at offset 12, d (int) "
        "added at offset 16 and 2 more; 4 -> 28 bytes (game.h:12); objects made before use the old "
        "layout");
}

TEST_CASE("a class that only holds the changed one is not told again") {
  Module before("old"), after;
  before.type("Army", 28,
              {member("first", "Enemy", 0, 8, 1), member("rest", "Enemy [2]", 8, 16, 1),
               member("n", "int", 24)});
  before.type("Enemy", 8, {member("x", "float", 0)});
  after.type("Army", 40,
             {member("first", "Enemy", 0, 12, 2), member("rest", "Enemy [2]", 12, 24, 2),
              member("n", "int", 36)});
  after.type("Enemy", 12, {member("x", "float", 0), member("hp", "int", 8)});
  const auto reasons = refused(judge(before, after));
  REQUIRE(reasons.size() == 1);
  CHECK(reasons[0].what == "struct Enemy changed layout");
}

TEST_CASE("a class that was edited as well is told too, its cause first") {
  Module before("old"), after;
  before.type("Army", 8, {member("first", "Enemy", 0, 8, 1)}, "class");
  before.type("Enemy @ /src/a.cpp", 8, {member("x", "float", 0)});
  after.type("Army", 20, {member("first", "Enemy", 0, 12, 2), member("n", "int", 12)}, "class");
  after.type("Enemy @ /src/a.cpp", 12, {member("x", "float", 0), member("hp", "int", 8)});
  const auto reasons = refused(judge(before, after));
  REQUIRE(reasons.size() == 2);
  CHECK(reasons[0].what == "class Army changed layout");
  CHECK(reasons[1].what == "struct Enemy changed layout");
}

TEST_CASE("a change that no member explains is still refused") {
  Module before("old"), after;
  before.type("Enemy", 8, {member("x", "float", 0)}).hash = 1;
  after.type("Enemy", 8, {member("x", "float", 0)}).hash = 2;
  CHECK(refused(judge(before, after)).at(0).why ==
        "the layout of something inside it changed (game.h:12); objects made before use the old "
        "layout");
}

TEST_CASE("new classes, gone classes, equal classes and closures are no reason") {
  Module before("old"), after;
  before.type("Same", 4, {member("x", "int", 0)});
  before.type("Gone", 4, {member("x", "int", 0)});
  before.type("f()::<lambda>", 4, {member("x", "int", 0)}, "closure");
  after.type("Same", 4, {member("x", "int", 0)});
  after.type("New", 4, {member("x", "int", 0)});
  after.type("f()::<lambda>", 8, {member("x", "long", 0)}, "closure");
  accepted(judge(before, after));
}

TEST_CASE("a class that was gone for a while is compared with what it last was") {
  Objects objects;
  Lineage lineage(old_enemy().description());
  Module without("middle");
  lineage.adopt(without.description(), 1, objects);
  const Module back = with_enemy({member("x", "float", 0)}, 4);
  CHECK(refused(lineage.judge(*back.description(), 2, objects)).size() == 1);
}

TEST_CASE("a class is the same one when another of its name appears or goes") {
  Module alone("old"), split("new");
  alone.type("State", 4, {member("n", "int", 0)}).declared = "a.c:3";
  split.type("State @ /src/a.c", 8, {member("n", "int", 0), member("m", "int", 4)}).declared =
      "a.c:5";
  split.type("State @ /src/b.c", 16, {member("t", "double", 8)}).declared = "b.c:1";
  const auto reasons = refused(judge(alone, split));
  REQUIRE(reasons.size() == 1);
  CHECK(reasons[0].what == "struct State changed layout");
  CHECK(reasons[0].why ==
        "m (int) added at offset 4; 4 -> 8 bytes (a.c:5); objects made before use the old layout");
  split.raw().build_id = "before";
  CHECK(refused(judge(split, alone)).size() == 1);
}

TEST_CASE("classes that only explain each other are refused all the same") {
  Module before("old"), after;
  before.type("A @ /src/a.c", 8, {member("b", "B", 0, 8, 1)}).hash = 1;
  before.type("B @ /src/b.c", 8, {member("a", "A", 0, 8, 1)}).hash = 2;
  after.type("A @ /src/a.c", 12, {member("b", "B", 0, 12, 2)}).hash = 3;
  after.type("B @ /src/b.c", 12, {member("a", "A", 0, 12, 2)}).hash = 4;
  CHECK(refused(judge(before, after)).size() == 1);
}

TEST_CASE("a refused layout says which variables lead to such objects") {
  Module first("a"), second("b");
  for (Module* module : {&first, &second}) {
    module->variable("enemies", 0x3000, 24, "std::vector<Enemy *>").declared = "/src/game.cpp:5";
    module->variable("kind", 0x3020, 4, "EnemyKind");
    module->variable("level", 0x3040, 8, "Level *").declared = "/src/level.cpp:9";
    module->type("Level", 8, {member("boss", "Enemy", 0, 8)});
  }
  first.type("Enemy", 4, {member("hp", "int", 0)});
  second.type("Enemy", 8, {member("hp", "int", 0), member("armour", "int", 4)});
  const auto reasons = refused(judge(first, second));
  REQUIRE(reasons.size() == 1);
  CHECK(reasons[0].why ==
        "armour (int) added at offset 4; 4 -> 8 bytes (game.h:12); objects made before use the old "
        "layout; reached from enemies (game.cpp:5), level (level.cpp:9)");
}

TEST_CASE("a class with HR_LIVE may change where those who call know it by its interface alone") {
  Module first("a"), second("b");
  for (Module* module : {&first, &second}) {
    module->function("_Z4keepP6Entity", 0x1000).exported = true;
    module->function("_ZN2hr6detail4LiveI4FishEC1Ev", 0x1100);
    module->constant("_ZN2hr6detail7type_ofI4FishEE", 0x3000, 200);
  }
  first.type("Fish", 8, {member("x", "int", 0)}).declared = "/src/fish.h:3";
  second.type("Fish", 12, {member("x", "int", 0), member("depth", "int", 8)}).declared =
      "/src/pond.cpp:3";
  Host host;
  const auto fish = host.add("Fish", {}, 8);
  host.types.functions = {{0x1000, 0x20, "_Z4keepP6Entity", {fish}, {}, {}}};
  host.called = {"_Z4keepP6Entity"};
  Objects objects;
  const auto judged = [&] {
    return Lineage(first.description()).judge(*second.description(), 1, objects, &host);
  };
  CHECK(accepted(judged()).rewiring.migrations.size() == 1);

  // Whatever was made from where it is declared now, or was before.
  for (const char* source : {"/src/fish.h", "/src/pond.cpp"}) {
    host.sources = {source};
    const auto reasons = refused(judged());
    REQUIRE(reasons.size() == 1);
    check_failure(
        reasons[0], "struct Fish changed layout",
        "depth (int) added at offset 8; 8 -> 12 bytes (/src/pond.cpp:3); objects made before "
        "use the old layout; the program calls keep(Entity*)",
        undo +
            "; where the program includes no header that declares the class, and knows "
            "it by a base class alone, it may change while its objects live");
  }
}

TEST_CASE(
    "virtual functions of a class with HR_LIVE may change where no caller was built with it") {
  Module first("a"), second("b");
  for (Module* module : {&first, &second}) {
    module->function("_Z4keepP6Entity", 0x1000).exported = true;
    module->function("_ZN2hr6detail4LiveI6EntityEC1Ev", 0x1100);
    module->function("_ZN6Entity6updateEv", 0x1200);
    module->function("_ZN6Entity5priceEv", 0x1300);
    module->constant("_ZN2hr6detail7type_ofI6EntityEE", 0x3000, 200);
    module->type("Entity", 8, {}).declared = "/src/pond.h:3";
  }
  first.table("_ZTV6Entity", 0x4000, {"", "_ZTI6Entity", "_ZN6Entity6updateEv"});
  second.table("_ZTV6Entity", 0x4000,
               {"", "_ZTI6Entity", "_ZN6Entity5priceEv", "_ZN6Entity6updateEv"});
  Host host;
  const auto entity = host.add("Entity", {}, 8);
  host.types.functions = {{0x1000, 0x20, "_Z4keepP6Entity", {entity}, {}, {}}};
  host.called = {"_Z4keepP6Entity"};
  Objects objects;
  const auto judged = [&] {
    return Lineage(first.description()).judge(*second.description(), 1, objects, &host);
  };
  CHECK(accepted(judged()).rewiring.vtables.size() == 1);

  host.sources = {"/src/pond.h"};
  const auto reasons = refused(judged());
  REQUIRE(reasons.size() == 1);
  check_failure(reasons[0], "virtual functions of Entity changed",
                "Entity::price() added; the program calls keep(Entity*), and was compiled with the "
                "old table",
                undo +
                    "; where the program includes no header that declares the class, its virtual "
                    "functions may change while it runs");

  // A program that is handed no such object can't call through its table.
  host.called.clear();
  CHECK(accepted(judged()).rewiring.vtables.size() == 1);
}
