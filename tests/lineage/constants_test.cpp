#include "lineage/module.h"

using namespace made;

namespace {

const std::string info = "_ZTI5Enemy";
const std::string hit = "_ZN5Enemy3hitEi";
const std::string die = "_ZN5Enemy3dieEv";
const std::string base_die = "_ZN5Thing3dieEv";

Module with_table(std::vector<std::string> slots, const std::string& id = "new") {
  Module module(id);
  module.table("_ZTV5Enemy", 0x3d00, std::move(slots));
  return module;
}

void check_refused(const Module& before, const Module& after, const std::string& why) {
  const auto reasons = refused(judge(before, after));
  REQUIRE(reasons.size() == 1);
  check_failure(reasons[0], "virtual functions of Enemy changed",
                why + "; objects made before have the old table, callers count on it",
                undo +
                    "; with the line HR_LIVE(Enemy); in the class its objects are changed while "
                    "they live");
}

}  // namespace

TEST_CASE("virtual functions that came, went or changed places are refused by name") {
  const Module before = with_table({"", info, hit, die}, "old");
  accepted(judge(before, with_table({"", info, hit, die})));
  check_refused(before, with_table({"", info, hit, die, "_ZN5Enemy5speakEPKc"}),
                "Enemy::speak(char const*) added");
  check_refused(before, with_table({"", info, hit}), "Enemy::die() removed");
  check_refused(before, with_table({"", info, hit, "_ZN5Enemy3dieEi"}),
                "Enemy::die(int) added, Enemy::die() removed");
  check_refused(before, with_table({"", info, die, hit}),
                "the order changed: Enemy::die() stands where Enemy::hit(int) was");
}

TEST_CASE("an override that came or went reaches live objects through their old table") {
  Module before = with_table({"", info, hit, base_die}, "old");
  before.raw().constants[0].exported = true;
  before.raw().constants[0].got = 0x3ff0;
  const Accepted verdict = accepted(judge(before, with_table({"", info, hit, die})));
  REQUIRE(verdict.rewiring.images.size() == 1);
  CHECK(verdict.rewiring.images[0].size == 32);
  const auto& home = verdict.rewiring.homes.at(verdict.rewiring.images[0].home);
  CHECK(home.address == 0x3d00);
  CHECK(home.got == 0x3ff0);
  CHECK(home.name == "_ZTV5Enemy");
  accepted(judge(with_table({"", info, hit, "__cxa_pure_virtual"}, "old"),
                 with_table({"", info, hit, die})));
  accepted(judge(with_table({"", info, "_ZN5ThingD0Ev"}, "old"),
                 with_table({"", info, "_ZN5EnemyD0Ev"})));
}

TEST_CASE("an edited constant reaches every older copy of its size") {
  Module first("a"), second("b"), third("c"), grown("d");
  for (Module* module : {&first, &second, &third}) {
    module->constant("table", 0x2000, 16).image_hash = 1;
  }
  third.raw().constants[0].image_hash = 2;
  grown.constant("table", 0x2000, 24).image_hash = 3;
  Objects objects;
  Lineage lineage(first.description());
  CHECK(accepted(lineage.judge(*second.description(), 1, objects)).rewiring.images.empty());
  lineage.adopt(second.description(), 1, objects);
  const Accepted verdict = accepted(lineage.judge(*third.description(), 2, objects));
  REQUIRE(verdict.rewiring.images.size() == 2);
  CHECK(verdict.rewiring.homes.at(verdict.rewiring.images[0].home).generation == 0);
  CHECK(verdict.rewiring.homes.at(verdict.rewiring.images[1].home).generation == 1);
  CHECK(verdict.remarks.empty());
  CHECK(accepted(lineage.judge(*grown.description(), 2, objects)).rewiring.images.empty());
}

TEST_CASE("an edited constant that the program may have compiled in is remarked") {
  Module before("old"), after, grown;
  before.constant("limit", 0x2000, 4).image_hash = 1;
  before.raw().constants[0].exported = true;
  after = before;
  after.raw().build_id = "new";
  after.raw().constants[0].image_hash = 2;
  CHECK(accepted(judge(before, after)).remarks ==
        std::vector<std::string>{
            "constant limit changed: where the program compiled its value in, it "
            "keeps the old"});
  after.raw().constants[0].size = 8;
  CHECK(accepted(judge(before, after)).remarks ==
        std::vector<std::string>{"constant limit changed size: the program keeps the old one"});
}
