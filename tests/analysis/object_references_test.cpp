#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/describe.h"
#include "analysis/lineage.h"
#include "support/catch.h"

using namespace hrwatch::analysis;

namespace {

struct Fixture {
  std::shared_ptr<const Description> description;
  std::unique_ptr<ObjectReferences> objects;
};

Fixture fixture(const std::string& name) {
  const std::filesystem::path folder = HR_FIXTURES;
  auto described = describe(folder / (name + ".so"));
  REQUIRE(described.ok());
  return {described.value(),
          open_objects({folder / "missing.o", folder / name / "one/same_name.cpp.o",
                        folder / name / "two/same_name.cpp.o"})};
}

std::vector<std::string> compilers() {
  std::istringstream text(HR_COMPILERS);
  std::vector<std::string> result;
  for (std::string name; std::getline(text, name, ':');)
    result.push_back(name);
  return result;
}

// The variable of that symbol name in the same unit as `function`, or the exported one.
const Variable* find(const Description& description, const Function& function,
                     const std::string& name) {
  for (const Variable& variable : description.variables)
    if (variable.name == name &&
        (variable.binding != Binding::local || variable.unit == function.unit))
      return &variable;
  return nullptr;
}

struct Answers {
  std::vector<std::string> said;  // "name+offset"
  int unanswered = 0;
};

// All references of the function, each checked against the linked library's addresses.
Answers answers(Fixture& fixture, const std::string& function_name) {
  Answers result;
  const Description& description = *fixture.description;
  for (const CodeReference& reference : description.code_references) {
    const Function& function = description.functions[reference.function];
    if (function.name != function_name)
      continue;
    const auto target =
        fixture.objects->target(function, reference.at - function.address, reference.addend);
    if (!target) {
      ++result.unanswered;
      continue;
    }
    result.said.push_back(target->variable + "+" + std::to_string(target->offset));
    if (const Variable* variable = find(description, function, target->variable))
      CHECK(variable->address + static_cast<Address>(target->offset) == reference.target);
  }
  return result;
}

bool has(const Answers& answers, const std::string& text) {
  return std::find(answers.said.begin(), answers.said.end(), text) != answers.said.end();
}

}  // namespace

TEST_CASE("an operand at a boundary means what the object file says") {
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    Fixture built = fixture(compiler + "_O0");
    const Answers one = answers(built, "_Z7one_sumv");
    CHECK(has(one, "_ZL5first+0"));
    CHECK(has(one, "_ZL6second+0"));
    CHECK(has(one, "_ZL5count+0"));
    CHECK(has(one, "_ZL4done+0"));
    CHECK(has(one, "_ZL6cursor+0"));
    const Answers two = answers(built, "_Z7two_sumv");
    CHECK(has(two, "_ZL5first+0"));
    if (compiler == "g++") {  // clang reads the ends from variables on the stack
      CHECK(has(one, "_ZL5first+16"));
      CHECK(has(one, "_ZL6second+16"));
      CHECK(has(two, "_ZL5first+16"));
    }
  }
}

TEST_CASE("sources of one name are told apart") {
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    Fixture built = fixture(compiler + "_O0");
    std::vector<std::string> said;
    const Description& description = *built.description;
    for (const CodeReference& reference : description.code_references) {
      const Function& function = description.functions[reference.function];
      if (function.name != "_ZL6helperi")
        continue;
      const auto target =
          built.objects->target(function, reference.at - function.address, reference.addend);
      REQUIRE(target);
      said.push_back(std::filesystem::path(function.unit).parent_path().filename().string() + ":" +
                     target->variable);
    }
    std::sort(said.begin(), said.end());
    CHECK(said == std::vector<std::string>{"one:_ZL5first", "two:_ZL6second"});
  }
}

TEST_CASE("optimised code names places inside and behind its variables") {
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    Fixture built = fixture(compiler + "_O2");
    CHECK_FALSE(answers(built, "_Z7one_sumv").said.empty());
    CHECK_FALSE(answers(built, "_Z7two_sumv").said.empty());
  }
}

TEST_CASE("a pointer in data is told apart from the end of its neighbour") {
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    Fixture built = fixture(compiler + "_O0");
    const auto& variables = built.description->variables;
    const auto cursor = std::find_if(variables.begin(), variables.end(),
                                     [](const Variable& one) { return one.name == "_ZL6cursor"; });
    REQUIRE(cursor != variables.end());
    const auto target = built.objects->data_target(*cursor, 0);
    REQUIRE(target);
    CHECK(target->variable == "_ZL6second");
    CHECK(target->offset == 0);
    CHECK_FALSE(built.objects->data_target(*cursor, 4));
    CHECK_FALSE(built.objects->data_target(*cursor, 8));
  }
}

TEST_CASE("variables that share a section get no answer") {
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    Fixture built = fixture(compiler + "_mixed");
    const Answers one = answers(built, "_Z7one_sumv");
    CHECK_FALSE(has(one, "_ZL5first+0"));
    CHECK(one.unanswered > 0);
  }
}

TEST_CASE("object files that are missing or no object files answer nothing") {
  Function function;
  function.name = "f";
  function.size = 16;
  CHECK_FALSE(open_objects({})->target(function, 3, -4));
  CHECK_FALSE(open_objects({"/no/such/file.o", HR_FIXTURES "/../CTestTestfile.cmake"})
                  ->target(function, 3, -4));
}
