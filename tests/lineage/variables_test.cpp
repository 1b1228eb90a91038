#include "lineage/module.h"

using namespace made;

TEST_CASE("a variable of another size is refused with both types") {
  Module before("old"), after;
  before.variable("_ZL4grid", 0x4000, 16, "int [4]");
  after.variable("_ZL4grid", 0x4000, 24, "float [6]");
  const auto reasons = refused(judge(before, after));
  REQUIRE(reasons.size() == 1);
  check_failure(
      reasons[0], "variable grid changed size",
      "int [4] (16 bytes) -> float [6] (24 bytes) (game.cpp:7); its value was made as the old "
      "type and can't be read as the new one",
      undo);
}

TEST_CASE("a variable of another type is refused, of an unknown one shared") {
  Module before("old"), after, unknown;
  before.variable("speed", 0x4000, 4, "int");
  after.variable("speed", 0x4000, 4, "float");
  unknown.variable("speed", 0x4000, 4, "").type_hash = 0;
  const auto reasons = refused(judge(before, after));
  REQUIRE(reasons.size() == 1);
  check_failure(
      reasons[0], "variable speed changed type",
      "int -> float (game.cpp:7); its value was made as the old type and can't be read as "
      "the new one",
      undo);
  accepted(judge(before, unknown));
}

TEST_CASE("a variable of a class whose layout changed is not told again") {
  Module before("old"), after;
  before.type("Enemy", 8, {member("x", "float", 0)});
  before.variable("boss", 0x4000, 8, "Enemy");
  after.type("Enemy", 12, {member("x", "float", 0), member("hp", "int", 8)});
  after.variable("boss", 0x4000, 12, "Enemy");
  const auto reasons = refused(judge(before, after));
  REQUIRE(reasons.size() == 1);
  CHECK(reasons[0].what == "struct Enemy changed layout");
}

TEST_CASE("two variables that have one key are refused") {
  Module before("old"), after;
  before.variable("n", 0x4000);
  after.variable("n", 0x4000);
  after.variable("n", 0x4008);
  const auto reasons = refused(judge(before, after));
  REQUIRE(reasons.size() == 1);
  check_failure(reasons[0], "two variables n can't be told apart",
                "both stand in the same scope of /src/game.cpp", "rename one of them");
}

TEST_CASE("an edited initial value is written once, over the living storage") {
  Module before("old"), after("b"), same("c");
  before.variable("lives", 0x4000).image_hash = 4;
  after.variable("lives", 0x4010).image_hash = 9;
  same.variable("lives", 0x4020).image_hash = 9;
  Objects objects;
  Lineage lineage(before.description());
  const Accepted first = accepted(lineage.judge(*after.description(), 1, objects));
  REQUIRE(first.rewiring.images.size() == 1);
  const auto& write = first.rewiring.images[0];
  CHECK(write.source == 0x4010);
  CHECK(write.size == 4);
  CHECK(write.name == "lives");
  CHECK(first.rewiring.homes.at(write.home).address == 0x4000);
  CHECK(first.rewiring.homes.at(write.home).generation == 0);
  lineage.adopt(after.description(), 1, objects);
  CHECK(accepted(lineage.judge(*same.description(), 2, objects)).rewiring.images.empty());
}

TEST_CASE("what code initialises is never overwritten") {
  Module before("old"), becomes, was("old"), stays;
  before.variable("lives", 0x4000).image_hash = 4;
  becomes.variable("lives", 0x4000).dynamic = true;
  const Accepted now_code = accepted(judge(before, becomes));
  CHECK(now_code.rewiring.images.empty());
  CHECK(now_code.remarks ==
        std::vector<std::string>{
            "lives keeps its value: it is now initialised by code (game.cpp:7)"});
  was.variable("lives", 0x4000).dynamic = true;
  stays.variable("lives", 0x4000).image_hash = 7;
  CHECK(accepted(judge(was, stays)).remarks ==
        std::vector<std::string>{
            "lives keeps its value: it is now initialised by a constant (game.cpp:7)"});
  stays.raw().variables[0].dynamic = true;
  CHECK(accepted(judge(was, stays)).rewiring.images.empty());
}

TEST_CASE("thread-locals of the same layout all go to their owner") {
  Module before("old"), after("b"), later("c");
  for (Module* module : {&before, &after, &later}) {
    module->thread_local_("hits", 0);
    module->thread_local_("misses", 4);
    module->raw().tls_modules = {0x3f00, 0x3f10};
  }
  Objects objects;
  Lineage lineage(before.description());
  for (const Module* module : {&after, &later}) {
    const Accepted verdict = accepted(lineage.judge(*module->description(), 5, objects));
    REQUIRE(verdict.rewiring.tls.size() == 2);
    CHECK(verdict.rewiring.tls[1].at == 0x3f10);
    CHECK(verdict.rewiring.tls[1].owner == 0);
    lineage.adopt(module->description(), 5, objects);
  }
}

TEST_CASE("a changed layout of thread-locals is refused by name") {
  const std::string what = "the thread_local variables changed";
  const std::string rest = "; every thread has them laid out as before";
  const std::string fix =
      "undo the edit, or restart the program (hrwatch --run relaunches it); members added to a "
      "class "
      "of one thread_local are the same to it";
  Module before("old");
  before.thread_local_("hits", 0);
  before.thread_local_("misses", 4);
  const auto check = [&](const Module& after, const std::string& why) {
    const auto reasons = refused(judge(before, after));
    REQUIRE(reasons.size() == 1);
    check_failure(reasons[0], what, why + rest, fix);
  };
  Module added, removed, moved, retyped, resized;
  added.thread_local_("hits", 0);
  added.thread_local_("misses", 4);
  added.thread_local_("draws", 8);
  check(added, "draws was added (game.cpp:7)");
  removed.thread_local_("hits", 0);
  check(removed, "misses was removed");
  moved.thread_local_("misses", 0);
  moved.thread_local_("hits", 4);
  check(moved, "hits moved from offset 0 to 4");
  retyped.thread_local_("hits", 0, 4, "float");
  retyped.thread_local_("misses", 4);
  check(retyped, "hits changed from int (4 bytes) to float (4 bytes) (game.cpp:7)");
  resized.thread_local_("hits", 0);
  resized.thread_local_("misses", 4);
  resized.raw().tls_size = 64;
  check(resized, "8 -> 64 bytes");
}

TEST_CASE("first thread-locals belong to the generation that brings them, and may go again") {
  Module none("old"), some("b"), again("c");
  for (Module* module : {&some, &again}) {
    module->thread_local_("hits", 0);
    module->raw().tls_modules = {0x3f00};
  }
  Objects objects;
  Lineage lineage(none.description());
  CHECK(accepted(lineage.judge(*some.description(), 3, objects)).rewiring.tls.empty());
  lineage.adopt(some.description(), 3, objects);
  Module gone("d");
  accepted(lineage.judge(*gone.description(), 4, objects));
  lineage.adopt(gone.description(), 4, objects);
  const Accepted back = accepted(lineage.judge(*again.description(), 5, objects));
  REQUIRE(back.rewiring.tls.size() == 1);
  CHECK(back.rewiring.tls[0].owner == 3);
}

TEST_CASE("an edited initial value of a thread-local is remarked, not written") {
  Module before("old"), after;
  before.thread_local_("hits", 0).image_hash = 1;
  after.thread_local_("hits", 0).image_hash = 2;
  CHECK(accepted(judge(before, after)).remarks ==
        std::vector<std::string>{
            "thread_local hits keeps its old initial value, in new threads too"});
}
