// The whole path, from the save to the new code, for projects built with what people build with:
// sanitizers, coverage, optimisation, split debug info, and each linker.
#include "support/catch.h"
#include "support/project.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

using namespace std::chrono_literals;

struct Flavour {
  std::string name;
  std::string cmake;
};

const Flavour flavours[] = {
    {"asan", "-DCMAKE_CXX_FLAGS=-fsanitize=address"},
    {"tsan", "-DCMAKE_CXX_FLAGS=-fsanitize=thread"},
    {"ubsan", "-DCMAKE_CXX_FLAGS=-fsanitize=undefined"},
    {"coverage", "-DCMAKE_CXX_FLAGS=--coverage"},
    {"cet", "-DCMAKE_CXX_FLAGS=-fcf-protection=full"},
    {"split-dwarf", "-DCMAKE_CXX_FLAGS=-gsplit-dwarf"},
    {"no-pie", "-DCMAKE_CXX_FLAGS=-fno-pie -DCMAKE_EXE_LINKER_FLAGS=-no-pie"},
    {"relro-now", "-DCMAKE_SHARED_LINKER_FLAGS=-Wl,-z,relro,-z,now"},
    {"O2", "-DCMAKE_CXX_FLAGS_DEBUG=-O2"},
    {"RelWithDebInfo", "-DCMAKE_BUILD_TYPE=RelWithDebInfo"},
    {"bfd", "-DHRWATCH_LINKER=bfd"},
    {"mold", "-DHRWATCH_LINKER=mold"},
    {"gold", "-DHRWATCH_LINKER=gold"},
};

void reload_four_times(const Flavour& flavour, const std::string& compilers) {
  Project project("flavour-" + flavour.name);
  // A second source with an object that has to be kept, and a variable that the program reads.
  project.folder().write("game.h",
                         "#pragma once\n#include <string>\nextern int shared;\nconst char* "
                         "label();\nlong tick();\nconst std::string& kept();\n");
  project.folder().write(
      "kept.cpp",
      "#include \"game.h\"\nint shared = 40;\nstatic std::string text = \"a text "
      "that is kept on the heap\";\nconst std::string& kept() { ++shared; return "
      "text; }\n");
  REQUIRE(project.folder().edit("CMakeLists.txt", "game.cpp)", "game.cpp kept.cpp)"));
  REQUIRE(project.folder().edit("main.cpp", "const long counter = tick();",
                                "const long counter = tick();\n    const int before = shared;\n    "
                                "if (kept().size() != 31 || shared != before + 1) return 3;"));
  REQUIRE(project.build(flavour.cmake + compilers));
  const auto program = project.start_program();
  REQUIRE(shows(*program, "first"));
  const auto tool = project.start_tool();
  REQUIRE(tool->wait("app_joined"));
  for (const std::string label : {"second", "third", "fourth", "fifth"}) {
    const long counter = last_shown(*program)->counter;
    const std::size_t mark = tool->mark();
    project.set_label(label);
    const bool shown = shows(*program, label);
    INFO(tool->transcript() << program->errors());
    REQUIRE(shown);
    CHECK(last_shown(*program)->counter > counter);
    REQUIRE(tool->wait("reloaded", mark));
  }
  INFO(tool->transcript() << program->errors());
  CHECK(tool->count("reloaded") == 4);
  CHECK(tool->count("error") == 0);
  CHECK(program->running());
  CHECK(program->errors().empty());
}

}  // namespace

TEST_CASE("flavours of g++") {
  for (const Flavour& flavour : flavours) {
    INFO(flavour.name);
    if (flavour.name != "gold")  // refused by g++'s own lists of functions, see tests/matrix
      reload_four_times(flavour, " -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++");
  }
}

TEST_CASE("flavours of clang") {
  if (run({.arguments = {"sh", "-c", "command -v clang++"}}, 10s).status != 0) {
    WARN("clang++ is not installed");
    return;
  }
  for (const Flavour& flavour : flavours) {
    INFO(flavour.name);
    reload_four_times(flavour, " -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++");
  }
}

}  // namespace hrwatch::tests
