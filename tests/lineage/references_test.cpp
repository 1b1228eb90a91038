#include "lineage/module.h"

using namespace made;
using hr::wire::Rewiring;

namespace {

// Two neighbours as they were: a 16-byte table and what stands behind it.
Module neighbours(const std::string& id, Address table, Address other) {
  Module module(id);
  module.function("update", 0x1000);
  module.variable("table", table, 16, "int [4]");
  module.variable("other", other, 4);
  return module;
}

}  // namespace

TEST_CASE("an operand goes where the variable lives, wherever in it it points") {
  Module before("old"), after;
  before.function("f", 0x1000);
  before.variable("table", 0x4000, 16, "int [4]");
  after.function("f", 0x1000);
  after.variable("fresh", 0x4000, 8, "long");
  after.variable("table", 0x4010, 16, "int [4]");
  after.code(0x1004, 0x4010, false);
  after.code(0x1010, 0x401c, true);
  after.code(0x1018, 0x4020, true);   // the end of the last variable
  after.code(0x1020, 0x4004, false);  // fresh: stays
  after.code(0x1028, 0x9000, false);  // no variable at all
  const Rewiring rewiring = accepted(judge(before, after)).rewiring;
  REQUIRE(rewiring.code.size() == 3);
  REQUIRE(rewiring.homes.size() == 1);
  CHECK(rewiring.homes[0].generation == 0);
  CHECK(rewiring.homes[0].address == 0x4000);
  CHECK(rewiring.homes[0].name.empty());
  CHECK(rewiring.code[0].at == 0x1004);
  CHECK(rewiring.code[0].addend == -4);
  CHECK(rewiring.code[1].addend == 12 - 4);
  CHECK(rewiring.code[2].addend == 16 - 4);
}

TEST_CASE("a variable lives where the generation that first had it put it") {
  Module first("a"), second("b"), third("c");
  second.variable("late", 0x4000);
  third.variable("late", 0x4100);
  third.function("f", 0x1000);
  third.code(0x1004, 0x4100, false);
  Objects objects;
  Lineage lineage(first.description());
  CHECK(accepted(lineage.judge(*second.description(), 7, objects)).rewiring.homes.empty());
  lineage.adopt(second.description(), 7, objects);
  Module gone("d");
  lineage.adopt(gone.description(), 8, objects);  // a variable that goes still lives
  const Rewiring rewiring = accepted(lineage.judge(*third.description(), 9, objects)).rewiring;
  REQUIRE(rewiring.homes.size() == 1);
  CHECK(rewiring.homes[0].generation == 7);
  CHECK(rewiring.homes[0].address == 0x4000);
}

TEST_CASE("an exported home is one that the dynamic linker may have moved, in generation 0 only") {
  Module first("a"), second("b");
  for (Module* module : {&first, &second}) {
    module->function("f", 0x1000);
    module->variable("hp", 0x4000).exported = true;
    module->raw().variables[0].got = 0x3ff0;
    module->data(0x3ff0, 0x4000, DataReferenceKind::got);
  }
  const Rewiring rewiring = accepted(judge(first, second)).rewiring;
  REQUIRE(rewiring.data.size() == 1);
  CHECK(rewiring.data[0].at == 0x3ff0);
  CHECK(rewiring.data[0].expected == 0x4000);
  CHECK(rewiring.homes.at(0).got == 0x3ff0);
  CHECK(rewiring.homes.at(0).name == "hp");
  Objects objects;
  Module empty("0"), third("c");
  Lineage lineage(empty.description());
  lineage.adopt(first.description(), 1, objects);
  const Rewiring later = accepted(lineage.judge(*second.description(), 2, objects)).rewiring;
  CHECK(later.homes.at(0).generation == 1);
  CHECK(later.homes.at(0).got == 0);
  CHECK(later.homes.at(0).name.empty());
}

TEST_CASE("function addresses and type identities keep their oldest value") {
  Module before("old"), after;
  for (Module* module : {&before, &after}) {
    const Address shift = module == &after ? 0x40 : 0;
    module->function("f", 0x1000 + shift);
    module->function("f.cold", 0x1080 + shift).clone = true;
    module->constant("_ZTI5Enemy", 0x2000 + shift, 24, ConstantKind::type_info);
    module->constant("_ZTS5Enemy", 0x2020 + shift, 7, ConstantKind::type_name);
    module->table("_ZTV5Enemy", 0x3d00, {"", "_ZTI5Enemy", "f"});
  }
  after.code(0x1050, 0x1040, true);   // &f
  after.code(0x1058, 0x1040, false);  // a load of its code: no address
  after.code(0x1060, 0x1048, true);   // inside f: a label
  after.code(0x1068, 0x10c0, true);   // a clone
  after.code(0x1070, 0x2040, true);   // its type_info
  after.data(0x3d08, 0x2040);         // type_info in the table
  after.data(0x3d10, 0x1040);         // a slot: stays
  after.data(0x3e00, 0x1040);         // a stored pointer
  after.data(0x3e08, 0x2060);         // a type name
  const Rewiring rewiring = accepted(judge(before, after)).rewiring;
  REQUIRE(rewiring.code.size() == 2);
  CHECK(rewiring.code[0].at == 0x1050);
  CHECK(rewiring.homes.at(rewiring.code[0].home).address == 0x1000);
  CHECK(rewiring.code[1].at == 0x1070);
  CHECK(rewiring.homes.at(rewiring.code[1].home).address == 0x2000);
  REQUIRE(rewiring.data.size() == 3);
  CHECK(rewiring.data[0].at == 0x3d08);
  CHECK(rewiring.data[1].at == 0x3e00);
  CHECK(rewiring.homes.at(rewiring.data[1].home).address == 0x1000);
  CHECK(rewiring.homes.at(rewiring.data[2].home).address == 0x2020);
}

TEST_CASE("a function that can't be led elsewhere lends its address only to the same body") {
  Module before("old"), after;
  before.function("from_archive", 0x1000).nop = 0;
  after.function("from_archive", 0x1040).nop = 0;
  after.data(0x3e00, 0x1040);
  CHECK(accepted(judge(before, after)).rewiring.data.size() == 1);
  after.raw().functions[0].body_hash = 77;
  CHECK(accepted(judge(before, after)).rewiring.data.empty());
}

TEST_CASE("a boundary is no question while both sides moved together") {
  const Module before = neighbours("old", 0x4000, 0x4010);
  Module after = neighbours("new", 0x4100, 0x4110);
  after.code(0x1004, 0x4110, true);
  after.data(0x3e00, 0x4110);
  Objects objects;
  const Rewiring rewiring =
      accepted(Lineage(before.description()).judge(*after.description(), 1, objects)).rewiring;
  CHECK(objects.asked == 0);
  REQUIRE(rewiring.code.size() == 1);
  CHECK(rewiring.homes.at(rewiring.code[0].home).address == 0x4010);
  CHECK(rewiring.data.size() == 1);
}

TEST_CASE("a load or store at a boundary means what starts there") {
  const Module before = neighbours("old", 0x4000, 0x4040);
  Module after = neighbours("new", 0x4000, 0x4010);
  after.code(0x1004, 0x4010, false);
  const Rewiring rewiring = accepted(judge(before, after)).rewiring;
  REQUIRE(rewiring.code.size() == 1);
  CHECK(rewiring.homes.at(rewiring.code[0].home).address == 0x4040);
}

TEST_CASE("an address at a boundary is what the object file says") {
  const Module before = neighbours("old", 0x4000, 0x4040);
  Module after = neighbours("new", 0x4000, 0x4010);
  after.code(0x1004, 0x4010, true);
  Lineage lineage(before.description());
  Objects objects;
  objects.answers[{"update", 4}] = "table";
  const Rewiring end = accepted(lineage.judge(*after.description(), 1, objects)).rewiring;
  CHECK(end.homes.at(end.code.at(0).home).address == 0x4000);
  CHECK(end.code[0].addend == 16 - 4);
  objects.answers[{"update", 4}] = "other";
  const Rewiring start = accepted(lineage.judge(*after.description(), 1, objects)).rewiring;
  CHECK(start.homes.at(start.code.at(0).home).address == 0x4040);
  CHECK(start.code[0].addend == -4);
}

TEST_CASE("an address at a boundary that no object file explains is refused, once") {
  const Module before = neighbours("old", 0x4000, 0x4040);
  for (const char* answer : {"", "a third one"}) {
    Module after = neighbours("new", 0x4000, 0x4010);
    after.code(0x1004, 0x4010, true);
    after.code(0x1010, 0x4010, true);
    Objects objects;
    if (*answer != '\0') {
      objects.answers[{"update", 4}] = answer;
    }
    const auto reasons =
        refused(Lineage(before.description()).judge(*after.description(), 1, objects));
    REQUIRE(reasons.size() == 1);
    check_failure(
        reasons[0], "can't tell which variable update means",
        "an address in it is the end of table and the start of other, which now live "
        "apart, and no object file says which",
        "compile the module with -fdata-sections (add_hot_module does) and keep its object "
        "files, or restart the program");
  }
}

TEST_CASE("a new variable behind an old one is a boundary too, in data as in code") {
  Module before("old"), after;
  before.variable("table", 0x4000, 16, "int [4]");
  after.variable("table", 0x4000, 16, "int [4]");
  after.variable("added", 0x4010, 16, "int [4]");
  after.variable("tables", 0x4020, 16, "int *[2]");
  after.data(0x4028, 0x4010);
  Lineage lineage(before.description());
  Objects objects;
  CHECK(refused(lineage.judge(*after.description(), 1, objects)).at(0).what ==
        "can't tell which variable tables means");
  objects.answers[{"tables", 8}] = "added";
  CHECK(accepted(lineage.judge(*after.description(), 1, objects)).rewiring.data.empty());
  objects.answers[{"tables", 8}] = "table";
  CHECK(accepted(lineage.judge(*after.description(), 1, objects)).rewiring.data.size() == 1);
}

TEST_CASE("a variable that is reached through the dynamic linker is not meant by an operand") {
  const Module before = neighbours("old", 0x4000, 0x4040);
  Module after = neighbours("new", 0x4000, 0x4010);
  after.raw().variables[1].exported = true;
  after.raw().variables[1].got = 0x3ff0;
  after.code(0x1004, 0x4010, true);
  const Rewiring rewiring = accepted(judge(before, after)).rewiring;
  CHECK(rewiring.homes.at(rewiring.code.at(0).home).address == 0x4000);
}
