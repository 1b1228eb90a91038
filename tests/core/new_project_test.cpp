#include "core/new_project.h"

#include <algorithm>

#include "support/catch.h"

using namespace hrwatch::core;

namespace {

const std::vector<TemplateFile> templates = {
    {"common", ".gitignore", "/build/\n"},
    {"game", "@MODULE@.h", "#define @GUARD@_H // of @NAME@\n"},
    {"module-only", "@MODULE@.cpp", "void @MODULE@_step() {}\n"},
};

hr::wire::Failure failure(const std::string& name, const std::string& folder) {
  const auto planned = plan_project(templates, name, folder);
  REQUIRE_FALSE(planned.ok());
  return planned.failure();
}

NewProject planned(const std::string& name, const std::string& folder) {
  const auto project = plan_project(templates, name, folder);
  REQUIRE(project.ok());
  return project.value();
}

std::string content(const NewProject& project, const std::string& path) {
  const auto file = std::find_if(project.files.begin(), project.files.end(),
                                 [&](const auto& one) { return one.path == path; });
  REQUIRE(file != project.files.end());
  return file->content;
}

}  // namespace

TEST_CASE("new: the folder's last part is the name") {
  const NewProject project = planned("game", "games/my-game/");
  CHECK(project.name == "my-game");
  CHECK(project.module == "game");
  CHECK(project.files.size() == 2);
  CHECK(content(project, "game.h") == "#define GAME_H // of my-game\n");
  CHECK(content(project, ".gitignore") == "/build/\n");
  REQUIRE(project.next.size() == 1);
  CHECK(project.next[0].what == "now type");
  CHECK(project.next[0].lines == std::vector<std::string>{"cd games/my-game/", "cmake --preset hot",
                                                          "hrwatch --target my-game --run"});
}

TEST_CASE("new: program and module have names of their own") {
  const NewProject project = planned("game", "game");
  CHECK(project.name == "game");
  CHECK(project.module == "game_code");
  CHECK(content(project, "game_code.h") == "#define GAME_CODE_H // of game\n");
}

TEST_CASE("new: a module alone is called like its folder, and says the lines to add") {
  const NewProject project = planned("module-only", "src/path-finder");
  CHECK(project.module == "path_finder");
  CHECK(project.files.size() == 1);
  CHECK(content(project, "path_finder.cpp") == "void path_finder_step() {}\n");
  REQUIRE(project.next.size() == 3);
  CHECK(project.next[1].lines ==
        std::vector<std::string>{"#include \"path_finder.h\"", "path_finder_step();"});
  CHECK(project.next[0].lines ==
        std::vector<std::string>{"find_package(hrwatch REQUIRED)",
                                 "add_subdirectory(src/path-finder)",
                                 "target_link_libraries(<your program> PRIVATE path_finder)"});
}

TEST_CASE("new: what can't be is refused with the mend") {
  CHECK(failure("gmae", "x").what == "there is no template gmae");
  CHECK(failure("gmae", "x").fix == "hrwatch new console|game|c-plugin|module-only <folder>");
  for (const char* name : {"", ".", "..", "7up", "my game", "-x", "a/b c", "caf\xc3\xa9"}) {
    INFO(name);
    CHECK(failure("game", name).fix == "give the folder such a name");
  }
  CHECK(failure("game", std::string(65, 'a')).fix == "give the folder such a name");
  for (const char* name : {"test", "all", "a/install"}) {
    INFO(name);
    CHECK(failure("game", name).why == "CMake has a target of that name itself");
  }
}
