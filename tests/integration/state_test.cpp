// State that outlives its class's layout, and the process.
#include <sys/stat.h>

#include "support/catch.h"
#include "support/project.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

// Its second number is that of the header it shares with the module.
const ShowingProgram program{.includes = "#include <hr/hr.hpp>\n#include \"shared.h\"\n",
                             .each = "    hr::poll();\n    tick();\n",
                             .counter = "shared"};

std::string module_source(const std::string& members, const std::string& text) {
  return R"(#include <hr/hr.hpp>
#include <map>
#include <string>
#include <vector>

#include "game.h"
#include "shared.h"

struct Enemy {
  std::string name;
  int hp = 3;
};

struct World {
)" + members +
         R"(
  std::vector<Enemy> enemies;
  std::map<std::string, int> scores;
  bool begun = false;
};

static void begin(World& world) {
  world.begun = true;
  world.enemies = {{"orc", 5}, {"elf", 7}};
  world.scores["me"] = 42;
  hr_save("note", [](hr_saved* out, void*) { hr_save_bytes(out, "saved", 5); }, nullptr);
  hr_restore("note", [](const void* bytes, uint64_t size, void* note) {
    static_cast<std::string*>(note)->assign(static_cast<const char*>(bytes), size);
  }, &hr::state<std::string>("note"));
}

long tick() {
  static World& world = hr::state<World>("world");
  static bool first = true;
  if (first) {
    first = false;
    const World before = world;
    begin(world);
    if (before.begun)
      world = before;
  }
  return 0;
}

const char* label() {
  static std::string text;
  World& world = hr::state<World>("world");
  text = )" +
         text +
         R"( + "/" + hr::state<std::string>("note");
  return text.c_str();
}
)";
}

const char* const values =
    "world.enemies.back().name + std::to_string(world.enemies.back().hp) + \"/\" + "
    "std::to_string(world.scores[\"me\"])";

void write_project(Project& project) {
  project.folder().write("main.cpp", program.source());
  project.folder().write("shared.h", "#pragma once\nconstexpr int shared = 1;\n");
  project.folder().write("game.cpp", module_source("", values));
}

bool says(const Tool& tool, const std::string& text) {
  return wait_until(
      [&] { return const_cast<Tool&>(tool).process().errors().find(text) != std::string::npos; },
      std::chrono::seconds(30));
}

}  // namespace

TEST_CASE("a state's class gets a member while the program runs") {
  Project project("state");
  write_project(project);
  REQUIRE(project.build());
  const auto child = project.start_program();
  const auto tool = project.start_tool();
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(shows(*child, "elf7/42/"));
  const std::size_t mark = tool->mark();
  project.folder().write(
      "game.cpp",
      module_source("  double level = 9;",
                    std::string(values) + " + \"/\" + std::to_string(int(world.level))"));
  const auto reloaded = tool->wait("reloaded", mark);
  INFO(tool->transcript());
  REQUIRE(reloaded);
  CHECK((*reloaded)["remarks"].dump().find("1 World migrated") != std::string::npos);
  CHECK((*reloaded)["remarks"].dump().find("level new") != std::string::npos);
  CHECK(shows(*child, "elf7/42/9/"));
}

TEST_CASE("a program that is relaunched has its state, in its new layout") {
  Project project("carry");
  write_project(project);
  REQUIRE(project.build());
  Tool tool(installed_tool(), {"--target", "app", "--build-dir", "build", "--run"},
            project.folder().path());
  REQUIRE(tool.wait("app_joined"));
  INFO(tool.transcript());
  REQUIRE(says(tool, "LABEL elf7/42/ 1"));
  // What distinguishes the saved values from those of a fresh start.
  std::size_t mark = tool.mark();
  std::string source = module_source("", values);
  source.replace(source.find("  static World& world"), 0,
                 "  hr::state<World>(\"world\").scores[\"me\"] = 77;\n");
  project.folder().write("game.cpp", source);
  REQUIRE(tool.wait("reloaded", mark));
  REQUIRE(says(tool, "LABEL elf7/77/ 1"));

  mark = tool.mark();
  project.folder().write(
      "game.cpp", module_source("  long level = 4;",
                                std::string(values) + " + \"/\" + std::to_string(world.level)"));
  project.folder().write("shared.h", "#pragma once\nconstexpr int shared = 2;\n");
  const auto relaunched = tool.wait("relaunched", mark);
  INFO(tool.transcript());
  REQUIRE(relaunched);
  CHECK(says(tool, "LABEL elf7/77/4/saved 2"));

  struct stat status {};

  REQUIRE(::stat(project.folder().path("build/.hrwatch/carry").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
}

TEST_CASE("a save that crashes costs the state, not the relaunch") {
  Project project("carry-crash");
  write_project(project);
  std::string source = module_source("", values);
  source.replace(source.find("hr_save_bytes(out, \"saved\", 5);"), 32, "*(volatile int*)0 = 1;");
  project.folder().write("game.cpp", source);
  REQUIRE(project.build());
  Tool tool(installed_tool(), {"--target", "app", "--build-dir", "build", "--run"},
            project.folder().path());
  REQUIRE(tool.wait("app_joined"));
  INFO(tool.transcript());
  REQUIRE(says(tool, "LABEL elf7/42/ 1"));
  const std::size_t mark = tool.mark();
  project.folder().write("shared.h", "#pragma once\nconstexpr int shared = 2;\n");
  REQUIRE(tool.wait("relaunched", mark));
  CHECK(says(tool, "LABEL elf7/42/ 2"));
}

}  // namespace hrwatch::tests
