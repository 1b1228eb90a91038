// The product's main promise: save a file, and the running program runs it.
#include "support/catch.h"
#include "support/project.h"

namespace hrwatch::tests {

namespace {

bool has_all(const Event& stages, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (!stages.contains(name) || !stages[name].is_number() || stages[name] < 0)
      return false;
  return true;
}

}  // namespace

TEST_CASE("a save goes live in the running program, which keeps its state") {
  Project project("first-light");
  REQUIRE(project.build());
  const auto program = project.start_program();
  REQUIRE(shows(*program, "first"));
  const auto tool = project.start_tool();
  const auto watching = tool->wait("watching");
  REQUIRE(watching);
  CHECK(watching->contains("targets"));
  CHECK(watching->contains("build_dir"));
  CHECK(watching->contains("files"));
  const auto joined = tool->wait("app_joined");
  INFO(tool->transcript());
  REQUIRE(joined);
  CHECK((*joined)["pid"] == program->pid());
  CHECK((*joined)["modules"].dump().find("game") != std::string::npos);
  REQUIRE(tool->wait("build_finished"));  // the build at the start, which may end after the joining

  long counter = last_shown(*program)->counter;
  for (int generation = 1; generation <= 3; ++generation) {
    const std::string label = "edit-" + std::to_string(generation);
    const std::size_t mark = tool->mark();
    project.set_label(label);
    const auto reloaded = tool->wait("reloaded", mark);
    INFO(tool->transcript());
    REQUIRE(reloaded);
    CHECK((*reloaded)["pid"] == program->pid());
    CHECK((*reloaded)["module"] == "game");
    CHECK((*reloaded)["generation"] == generation);
    CHECK((*reloaded)["total_ms"] > 0);
    CHECK(has_all((*reloaded)["stages_ms"],
                  {"settle", "build", "analyse", "publish", "load", "commit"}));
    REQUIRE(shows(*program, label));
    CHECK(last_shown(*program)->counter > counter);
    counter = last_shown(*program)->counter;
    CHECK(tool->count("build_started", mark) == 1);
    CHECK(tool->count("build_finished", mark) == 1);
    CHECK(tool->count("change", mark) >= 1);
  }
  CHECK(tool->count("not-json") == 0);
  CHECK(tool->count("error") == 0);
  CHECK(program->running());
}

TEST_CASE("identical output is unchanged, no reload") {
  Project project("unchanged");
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  const auto program = project.start_program();
  INFO(tool->transcript());
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(tool->wait("build_finished"));  // the build at the start
  std::size_t mark = tool->mark();
  project.set_label("first");  // the same text
  REQUIRE(tool->wait("build_finished", mark));
  while (tool->events()[mark]["event"] != "build_finished")
    ++mark;
  REQUIRE(tool->wait("unchanged", mark));
  REQUIRE(tool->settle(std::chrono::milliseconds(300)));
  CHECK(tool->count("reloaded", mark) == 0);
  CHECK(tool->count("refused", mark) == 0);
}

TEST_CASE("a changed layout is refused by name, and a later good save goes in") {
  Project project("refused");
  const std::string source =
      "#include \"game.h\"\n\nstruct Enemy {\n  int speed = 3;\n};\n\nstatic Enemy* enemy = new "
      "Enemy;\nstatic long counter = 0;\n\nlong tick() { return ++counter + enemy->speed; }\n\n"
      "const char* label() { return \"first\"; }\n";
  project.folder().write("game.cpp", source);
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  const auto program = project.start_program();
  INFO(tool->transcript());
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(shows(*program, "first"));

  std::size_t mark = tool->mark();
  REQUIRE(project.folder().edit("game.cpp", "int speed = 3;", "int health = 9;\n  int speed = 3;"));
  const auto refused = tool->wait("refused", mark);
  INFO(tool->transcript());
  REQUIRE(refused);
  CHECK((*refused)["module"] == "game");
  CHECK((*refused)["pid"] == program->pid());
  CHECK((*refused)["reason"].get<std::string>().find("Enemy") != std::string::npos);
  CHECK_FALSE((*refused)["fix"].get<std::string>().empty());
  CHECK(program->running());

  mark = tool->mark();
  std::string good = source;
  good.replace(good.find("\"first\""), 7, "\"mended\"");
  project.folder().write("game.cpp", good);
  const auto reloaded = tool->wait("reloaded", mark);
  INFO(tool->transcript());
  REQUIRE(reloaded);
  CHECK(shows(*program, "mended"));
}

}  // namespace hrwatch::tests
