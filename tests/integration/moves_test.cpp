// Arrays that grow in a running program.
#include "support/catch.h"
#include "support/project.h"

namespace hrwatch::tests {

namespace {

const ShowingProgram polling{.includes = "#include <hr/hr.hpp>\n", .each = "    hr::poll();\n"};

// Its tick() counts in the second element; `kept` is a statement that runs once.
std::string module_with(const std::string& table, const std::string& text,
                        const std::string& kept = "") {
  return "#include \"game.h\"\n\n#include <string>\n\nstruct Cell { const char* name; long "
         "count; };\nstatic Cell cells[] = " +
         table + ";\nstatic Cell* best = nullptr;\nlong tick() { " + kept +
         " return ++cells[1].count; }\nconst char* label() { static std::string text; text = " +
         text + "; if (best) text += best->name; return text.c_str(); }\n";
}

const char* const two = R"({{"a", 1}, {"b", 1000}})";
const char* const three = R"({{"x", 5}, {"y", 5}, {"c", 7}})";
const char* const last = "cells[0].name + std::to_string(cells[2].count) + cells[2].name";

}  // namespace

TEST_CASE("an array gets longer in a running program, unless something points into it") {
  Project project("moves");
  project.folder().write("main.cpp", polling.source());
  project.folder().write("game.cpp", module_with(two, "\"first\""));
  REQUIRE(project.build());
  const auto program = project.start_program();
  const auto tool = project.start_tool();
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(shows(*program, "first"));

  std::size_t mark = tool->mark();
  project.folder().write("game.cpp", module_with(three, last));
  const auto reloaded = tool->wait("reloaded", mark);
  INFO(tool->transcript());
  REQUIRE(reloaded);
  CHECK((*reloaded)["remarks"].dump().find(
            "cells has room for 3 elements now; the first 2 keep their values") !=
        std::string::npos);
  REQUIRE(shows(*program, "a7c"));
  CHECK(last_shown(*program)->counter > 1000);

  const Outcome back = run({.arguments = {installed_tool().string(), "rollback"},
                            .folder = project.folder().path() / "build"});
  CHECK(back.status == 4);
  CHECK(back.errors.find("why: going live it rebuilt state in a new layout or moved variables") !=
        std::string::npos);

  mark = tool->mark();
  project.folder().write("game.cpp", module_with(three, "\"held\"", "best = &cells[1];"));
  REQUIRE(tool->wait("reloaded", mark));
  REQUIRE(shows(*program, "heldb"));
  mark = tool->mark();
  project.folder().write("game.cpp",
                         module_with(R"({{"x", 5}, {"y", 5}, {"c", 7}, {"d", 8}})", "\"more\""));
  const auto refused = tool->wait("refused", mark);
  INFO(tool->transcript());
  REQUIRE(refused);
  const std::string reason = refused->dump();
  CHECK(reason.find("cells (game.cpp:6) can't move to its new storage") != std::string::npos);
  CHECK(reason.find("best (game.cpp:7) may hold a pointer into it") != std::string::npos);
  CHECK(reason.find("let nothing hold a pointer to it meanwhile, keep it in a std::vector or in "
                    "hr::state") != std::string::npos);
  CHECK(program->running());
}

TEST_CASE("an array does not move in a program that never says when it may") {
  Project project("moves_at_once");
  project.folder().write("game.cpp", module_with(two, "\"first\""));
  REQUIRE(project.build());
  const auto program = project.start_program();
  const auto tool = project.start_tool();
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(shows(*program, "first"));
  const std::size_t mark = tool->mark();
  project.folder().write("game.cpp", module_with(three, last));
  const auto refused = tool->wait("refused", mark);
  INFO(tool->transcript());
  REQUIRE(refused);
  CHECK(refused->dump().find("call hr_poll() where no code of a module runs") != std::string::npos);
  CHECK(program->running());
}

TEST_CASE("a global gets its class's new layout, once the module has opted in") {
  const auto source = [](const std::string& members, const std::string& text) {
    return "#include \"game.h\"\n\n#include <string>\n\nstruct World { " + members +
           " };\nstatic World world;\nlong tick() { return ++world.ticks; }\nconst char* label() { "
           "static std::string text; text = " +
           text + "; return text.c_str(); }\n";
  };
  const std::string grown =
      source("int level = 9; long ticks = 1000;", "\"level\" + std::to_string(world.level)");
  Project project("globals");
  project.folder().write("main.cpp", polling.source());
  project.folder().write("game.cpp", source("long ticks = 1000;", "\"first\""));
  REQUIRE(project.build());
  auto program = project.start_program();
  auto tool = project.start_tool();
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(shows(*program, "first"));
  std::size_t mark = tool->mark();
  project.folder().write("game.cpp", grown);
  const auto refused = tool->wait("refused", mark);
  REQUIRE(refused);
  CHECK(refused->dump().find("level (int) added at offset 0") != std::string::npos);
  CHECK(refused->dump().find(
            "with MIGRATE_GLOBALS in add_hot_module() the variables of the module get the new "
            "layout while it runs, where nothing points to them") != std::string::npos);
  program.reset();
  tool.reset();

  project.folder().write("game.cpp", source("long ticks = 1000;", "\"first\""));
  project.folder().edit("CMakeLists.txt", "add_hot_module(game ",
                        "add_hot_module(game MIGRATE_GLOBALS ");
  REQUIRE(project.build());
  program = project.start_program();
  tool = project.start_tool();
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(shows(*program, "first"));
  const long before = last_shown(*program)->counter;
  mark = tool->mark();
  project.folder().write("game.cpp", grown);
  const auto reloaded = tool->wait("reloaded", mark);
  INFO(tool->transcript());
  REQUIRE(reloaded);
  CHECK((*reloaded)["remarks"].dump().find("world has the new layout of its type: level new") !=
        std::string::npos);
  REQUIRE(shows(*program, "level9"));
  CHECK(last_shown(*program)->counter > before);
}

}  // namespace hrwatch::tests
