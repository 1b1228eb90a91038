#include "analysis/debug_info.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "colon_list.h"
#include "support/catch.h"

using hrwatch::analysis::DebugInfo;
using hrwatch::analysis::read_debug_info;
using hrwatch::analysis::TypeLayout;

namespace {

const std::string sources = HR_SOURCES;

DebugInfo read(const std::string& fixture) {
  auto result = read_debug_info(std::string(HR_FIXTURES) + "/" + fixture + ".so");
  REQUIRE(result.ok());
  return std::move(result).value();
}

const DebugInfo::VariableFact& variable(const DebugInfo& info, const std::string& name,
                                        const std::string& scope = "") {
  const auto found = std::find_if(info.variables.begin(), info.variables.end(), [&](auto& fact) {
    return fact.name == name && fact.scope == scope;
  });
  INFO("variable " << name << " in scope '" << scope << "'");
  REQUIRE(found != info.variables.end());
  return *found;
}

const TypeLayout& type(const DebugInfo& info, const std::string& name) {
  INFO("type " << name);
  REQUIRE(info.types.count(name) == 1);
  return info.types.at(name);
}

const hrwatch::analysis::Member& member(const TypeLayout& layout, const std::string& name) {
  const auto found = std::find_if(layout.members.begin(), layout.members.end(),
                                  [&](auto& each) { return each.name == name; });
  INFO("member " << name);
  REQUIRE(found != layout.members.end());
  return *found;
}

}  // namespace

TEST_CASE("variables have names, scopes, types and places in every form of debug info") {
  for (const std::string& fixture : words(HR_COMPLETE)) {
    INFO(fixture);
    const DebugInfo info = read(fixture);
    CHECK(info.problems.empty());
    CHECK(variable(info, "squad").type == "Squad");
    CHECK(variable(info, "squad").unit == sources + "/first.cpp");
    CHECK(variable(info, "squad").declared == sources + "/first.cpp:13");
    CHECK(variable(info, "point").type == "Point");
    CHECK(variable(info, "mode").type == "Mode");
    CHECK(variable(info, "callback").type == "void (*)(int, const Enemy *)");
    CHECK(variable(info, "words").type == "const char *const *");
    CHECK(variable(info, "hidden", "world::(anonymous namespace)").type ==
          "world::(anonymous namespace)::Hidden");
    CHECK(variable(info, "title", "world::Registry").type == "std::string");
    CHECK(variable(info, "ticks", "_ZN5Enemy4tickEf").type == "int");
    CHECK(variable(info, "ticks", "_ZN5Enemy4tickEf::{2}").type == "double");
    CHECK(variable(info, "local", "_ZN5Enemy4tickEf").type == "Enemy::tick(float)::Local");
    CHECK(variable(info, "calls", "_ZN5world8Registry7counterEv").type == "int");
    CHECK(variable(info, "calls", "third").unit == sources + "/third.c");
    CHECK(variable(info, "per_thread").thread_local_);
    CHECK(variable(info, "per_thread").address == 0);
    CHECK_FALSE(variable(info, "squad").thread_local_);
    for (const auto& fact : info.variables)
      CHECK((fact.type_hash != 0 && !fact.type.empty()));
  }
}

TEST_CASE("layouts name every member") {
  for (const std::string& fixture : words(HR_COMPLETE)) {
    INFO(fixture);
    const DebugInfo info = read(fixture);
    const TypeLayout& enemy = type(info, "Enemy");
    CHECK(enemy.kind == "struct");
    CHECK(enemy.polymorphic);
    CHECK(enemy.declared == sources + "/shapes.h:14");
    CHECK(enemy.members.front().base);
    CHECK(enemy.members.front().type == "Actor");
    CHECK(member(enemy, "path").offset == 16);
    CHECK(member(enemy, "path").size == 24);
    CHECK(member(enemy, "path").type == "std::vector<int, std::allocator<int> >");
    CHECK(member(enemy, "age").bit_size == 4);
    CHECK(member(enemy, "age").offset * 8 + member(enemy, "age").bit_offset == 40 * 8 + 3);
    const TypeLayout& squad = type(info, "Squad");
    CHECK_FALSE(squad.polymorphic);
    CHECK(squad.size == enemy.size + 8 + 16);
    CHECK(member(squad, "count").type == "int [4]");
    CHECK(member(squad, "count").size == 16);
    CHECK(type(info, "Actor").polymorphic);
    CHECK(type(info, "Point").size == 8);
    CHECK(type(info, "Size").size == 4);
    CHECK(type(info, "Mode").kind == "enum");
    CHECK(type(info, "Enemy::tick(float)::Local").size == 8);
    CHECK(type(info, "Enemy::tick(float)::{lambda#1}").kind == "closure");
    CHECK(type(info, "Enemy::tick(float)::{lambda#1}").size == 16);
  }
}

TEST_CASE("one name with several layouts has one entry a unit") {
  for (const std::string& fixture : words(HR_COMPLETE)) {
    INFO(fixture);
    const DebugInfo info = read(fixture);
    CHECK(info.types.count("Private") == 0);
    CHECK(type(info, "Private @ " + sources + "/first.cpp").size == 4);
    CHECK(type(info, "Private @ " + sources + "/second.cpp").size == 8);
    CHECK(type(info, "Private @ " + sources + "/third.c").size == 2);
    CHECK(variable(info, "of_first").type_hash != variable(info, "of_second").type_hash);
    CHECK(variable(info, "of_first").type_hash != variable(info, "of_third").type_hash);
    CHECK(variable(info, "squad").type_hash == variable(info, "reserve").type_hash);
  }
}

TEST_CASE("functions have prototypes, and closures their captures") {
  for (const std::string& fixture : words(HR_COMPLETE)) {
    INFO(fixture);
    const DebugInfo info = read(fixture);
    const auto with = [&](const std::string& prototype) {
      return std::count_if(info.functions.begin(), info.functions.end(),
                           [&](auto& fact) { return fact.prototype == prototype && fact.c_name; });
    };
    CHECK(with("int (const Point *, ...)") == 1);
    CHECK(with("int (Private *)") == 1);
    const auto closures = std::count_if(info.functions.begin(), info.functions.end(),
                                        [](auto& fact) { return fact.closure_layout != 0; });
    CHECK(closures == 2);
    CHECK(std::is_sorted(info.functions.begin(), info.functions.end(),
                         [](auto& a, auto& b) { return a.low_pc < b.low_pc; }));
  }
}

TEST_CASE("every form of debug info gives the same hashes") {
  const std::vector<std::string> families = words(HR_FAMILIES);
  for (const std::string& family : families) {
    const DebugInfo one = read(family + "_dwarf5");
    for (const char* form : {"_dwarf4", "_split", "_split4", "_optimised"}) {
      INFO(family << form);
      const DebugInfo other = read(family + form);
      for (const char* name : {"Enemy", "Squad", "Point", "Actor", "Mode"})
        CHECK(type(one, name).hash == type(other, name).hash);
      CHECK(variable(one, "scores").type_hash == variable(other, "scores").type_hash);
    }
  }
}

TEST_CASE("too little debug info is a problem with a name") {
  for (const std::string& family : words(HR_FAMILIES)) {
    for (const char* form : {"_lines", "_none"}) {
      INFO(family << form);
      const DebugInfo info = read(family + form);
      REQUIRE(info.problems.size() == 1);
      CHECK(info.problems[0].fix.find("-g") != std::string::npos);
    }
    std::filesystem::remove(std::string(HR_FIXTURES) + "/" + family + "_lost/second.cpp.dwo");
    std::filesystem::remove(std::string(HR_FIXTURES) + "/" + family + "_lost/second.dwo");
    const DebugInfo info = read(family + "_lost");
    REQUIRE(info.problems.size() == 1);
    CHECK(info.problems[0].what.find("_lost/second") != std::string::npos);
  }
}

TEST_CASE("what is no library is a failure") {
  CHECK_FALSE(read_debug_info("/no/such/library.so").ok());
  CHECK_FALSE(read_debug_info(sources + "/first.cpp").ok());
}
