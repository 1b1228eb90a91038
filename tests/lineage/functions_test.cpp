#include "lineage/module.h"

using namespace made;
using hr::wire::Rewiring;

namespace {

std::uint32_t slot_to(const Rewiring& rewiring, Address body) {
  for (const auto& value : rewiring.slots) {
    if (value.body == body) {
      return value.slot;
    }
  }
  FAIL("no slot leads to " << body);
  return 0;
}

}  // namespace

TEST_CASE("every older entry leads to the newest body, through one slot a function") {
  Module first("a"), second("b"), third("c");
  first.function("f", 0x1000);
  first.function("g", 0x1040).nop = 0x1044;  // behind an endbr64
  second.function("g", 0x1100);
  second.function("f", 0x1140);
  third.function("f", 0x1200);
  third.function("g", 0x1240);
  Objects objects;
  Lineage lineage(first.description());
  const Rewiring one = accepted(lineage.judge(*second.description(), 1, objects)).rewiring;
  CHECK(one.memory_size == 0x8000);
  REQUIRE(one.slots.size() == 2);
  CHECK(slot_to(one, 0x1140) == 0);
  CHECK(slot_to(one, 0x1100) == 1);
  REQUIRE(one.supersede.size() == 2);
  CHECK(one.supersede[1].generation == 0);
  CHECK(one.supersede[1].entry == 0x1040);
  CHECK(one.supersede[1].nop == 0x1044);
  CHECK(one.supersede[1].slot == 1);
  lineage.adopt(second.description(), 1, objects);
  const Rewiring two = accepted(lineage.judge(*third.description(), 2, objects)).rewiring;
  CHECK(slot_to(two, 0x1200) == 0);
  CHECK(slot_to(two, 0x1240) == 1);
  REQUIRE(two.supersede.size() == 2);  // generation 0's entries lead through their slots already
  CHECK(two.supersede[0].generation == 1);
  CHECK(two.supersede[1].generation == 1);
}

TEST_CASE("a function that comes back takes over where it was left") {
  Module first("a"), without("b"), back("c");
  first.function("f", 0x1000);
  first.function("g", 0x1040);
  without.function("g", 0x1100);
  back.function("f", 0x1200);
  back.function("g", 0x1240);
  Objects objects;
  Lineage lineage(first.description());
  const Rewiring one = accepted(lineage.judge(*without.description(), 1, objects)).rewiring;
  REQUIRE(one.supersede.size() == 1);
  CHECK(one.supersede[0].entry == 0x1040);
  lineage.adopt(without.description(), 1, objects);
  const Rewiring two = accepted(lineage.judge(*back.description(), 2, objects)).rewiring;
  REQUIRE(two.supersede.size() == 2);
  CHECK(two.supersede[0].generation == 0);
  CHECK(two.supersede[0].entry == 0x1000);
  CHECK(two.supersede[0].slot == slot_to(two, 0x1200));
}

TEST_CASE("names that share a body have a slot each, their entry one jump") {
  Module first("a"), second("b"), third("c");
  first.function("_ZN1AC1Ev", 0x1000);
  first.function("_ZN1AC2Ev", 0x1000);
  second.function("_ZN1AC2Ev", 0x1100);
  third.function("_ZN1AC1Ev", 0x1200);
  third.function("_ZN1AC2Ev", 0x1240);
  Objects objects;
  Lineage lineage(first.description());
  const Rewiring one = accepted(lineage.judge(*second.description(), 1, objects)).rewiring;
  REQUIRE(one.supersede.size() == 1);
  CHECK(one.supersede[0].slot == slot_to(one, 0x1100));
  lineage.adopt(second.description(), 1, objects);
  const Rewiring two = accepted(lineage.judge(*third.description(), 2, objects)).rewiring;
  CHECK(slot_to(two, 0x1200) != slot_to(two, 0x1240));
  REQUIRE(two.supersede.size() == 1);  // not generation 0's entry again
  CHECK(two.supersede[0].generation == 1);
}

TEST_CASE("clones, ifuncs and functions without an entry of ours are left alone") {
  Module before("old"), after;
  for (Module* module : {&before, &after}) {
    module->function("f.part.0", 0x1000).clone = true;
    module->function("memcpy", 0x1040).ifunc = true;
    module->function("_init", 0x1080).nop = 0;
  }
  const Rewiring rewiring = accepted(judge(before, after)).rewiring;
  CHECK(rewiring.supersede.empty());
  REQUIRE(rewiring.slots.size() == 1);  // harmless: nothing leads through it
}

TEST_CASE("a function whose callers would get something else is not forwarded") {
  Module before("old"), after;
  before.function("score", 0x1000).prototype = "int (Enemy *)";
  after.function("score", 0x1000).prototype = "float (Enemy *)";  // the same mangled name
  const Accepted verdict = accepted(judge(before, after));
  CHECK(verdict.rewiring.supersede.empty());
  CHECK(verdict.remarks ==
        std::vector<std::string>{"score was int (Enemy *) and is float (Enemy *) now: callers "
                                 "compiled before keep the old one"});
  Module parameters;
  parameters.function("score", 0x1000).prototype = "int (long)";
  parameters.raw().functions[0].key = key_of("score(long)");  // a C name: its key has the types
  CHECK(accepted(judge(before, parameters)).rewiring.supersede.empty());
}

TEST_CASE("two functions of one key are both left with their old code") {
  Module before("old"), after;
  before.function("f", 0x1000);
  after.function("f", 0x1000);
  after.function("f", 0x1040);
  const Accepted verdict = accepted(judge(before, after));
  CHECK(verdict.rewiring.supersede.empty());
  CHECK(verdict.rewiring.slots.empty());
  CHECK(verdict.remarks ==
        std::vector<std::string>{
            "f stands twice in the module: callers compiled before keep the old"});
}

namespace {

// Where a rewiring leads the body at `entry`; null when it runs itself.
const hr::wire::LeadBack* led_back(const Rewiring& rewiring, Address entry) {
  for (const auto& lead : rewiring.lead_backs) {
    if (lead.entry == entry) {
      return &lead;
    }
  }
  return nullptr;
}

}  // namespace

TEST_CASE("a function from an unchanged object file is left alone, its copy leads to it") {
  Module first("a"), second("b"), third("c"), fourth("d");
  first.function("same", 0x1000).origin = 7;
  first.function("edited", 0x1040).origin = 8;
  second.function("same", 0x1100).origin = 7;
  second.function("edited", 0x1140).origin = 9;
  second.raw().functions.front().nop = 0x1104;  // behind an endbr64
  third.function("same", 0x1200).origin = 10;
  third.function("edited", 0x1240).origin = 9;
  fourth.function("same", 0x1300).origin = 0;
  fourth.function("edited", 0x1340).origin = 9;
  Objects objects;
  Lineage lineage(first.description());

  const Rewiring one = accepted(lineage.judge(*second.description(), 1, objects)).rewiring;
  REQUIRE(one.supersede.size() == 1);
  CHECK(one.supersede[0].entry == 0x1040);
  REQUIRE(one.slots.size() == 1);
  CHECK(one.slots[0].body == 0x1140);
  REQUIRE(led_back(one, 0x1100) != nullptr);
  CHECK(led_back(one, 0x1100)->generation == 0);
  CHECK(led_back(one, 0x1100)->body == 0x1000);
  CHECK(led_back(one, 0x1100)->nop == 0x1104);
  lineage.adopt(second.description(), 1, objects);

  const Rewiring two = accepted(lineage.judge(*third.description(), 2, objects)).rewiring;
  REQUIRE(two.supersede.size() == 1);  // the copy in between leads to generation 0 already
  CHECK(two.supersede[0].generation == 0);
  CHECK(two.supersede[0].entry == 0x1000);
  REQUIRE(led_back(two, 0x1240) != nullptr);
  CHECK(led_back(two, 0x1240)->generation == 1);
  CHECK(led_back(two, 0x1240)->body == 0x1140);
  lineage.adopt(third.description(), 2, objects);

  const Rewiring three = accepted(lineage.judge(*fourth.description(), 3, objects)).rewiring;
  REQUIRE(three.supersede.size() == 1);  // not known to be the same: taken for edited
  CHECK(three.supersede[0].generation == 2);
}

TEST_CASE("no function is left alone when a constant that others read has another size") {
  Module first("a"), second("b");
  first.function("reader", 0x1000).origin = 7;
  first.constant("table", 0x3000, 16);
  second.function("reader", 0x1100).origin = 7;
  second.constant("table", 0x3000, 24);
  const Rewiring rewiring = accepted(judge(first, second)).rewiring;
  CHECK(rewiring.supersede.size() == 1);
  CHECK(led_back(rewiring, 0x1100) == nullptr);
}

TEST_CASE("initialisers are never led back: they run in the generation they belong to") {
  Module first("a"), second("b");
  first.function("init", 0x1000).origin = 7;
  second.function("init", 0x1100).origin = 7;
  second.raw().initialisers.push_back({0x1100, "init", {}, {}});
  const Rewiring rewiring = accepted(judge(first, second)).rewiring;
  CHECK(led_back(rewiring, 0x1100) == nullptr);
}
