// `hrwatch explain`: what a save would do, and what came of the last one.
#include "support/catch.h"
#include "support/project.h"

namespace hrwatch::tests {

namespace {

std::string explain(Project& project, std::vector<std::string> more) {
  std::vector<std::string> arguments{installed_tool().string(), "explain", "--build-dir", "build"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Outcome outcome = run({.arguments = arguments, .folder = project.folder().path()});
  CHECK(outcome.status == 0);
  return outcome.output + outcome.errors;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("explain tells what a save of a file would do, and builds nothing") {
  Project project("explain");
  REQUIRE(project.build());
  CHECK(holds(explain(project, {"game.cpp"}), "would: build game; programs that run it take"));
  CHECK(holds(explain(project, {"game.cpp"}), "game.cpp: part of game"));
  CHECK(holds(explain(project, {"main.cpp"}), "would: nothing"));
  const std::string host = explain(project, {"--target", "app", "main.cpp"});
  CHECK(holds(host, "has to be started again"));
  CHECK(holds(explain(project, {"CMakeLists.txt"}), "run CMake, then build game"));
  CHECK(holds(explain(project, {"notes.txt"}), "no source of the project"));
  const Outcome unknown = run({.arguments = {installed_tool().string(), "explain", "--build-dir",
                                             "build", "--target", "gane", "game.cpp"},
                               .folder = project.folder().path()});
  CHECK(unknown.status == 3);
  CHECK(holds(unknown.errors, "gane"));
}

TEST_CASE("explain tells what came of the last save, also when the session has ended") {
  Project project("explained");
  REQUIRE(project.build());
  CHECK(holds(explain(project, {}), "no save has been built"));
  const auto program = project.start_program();
  {
    const auto tool = project.start_tool();
    REQUIRE(tool->wait("app_joined"));
    REQUIRE(tool->wait("build_finished"));
    const std::size_t mark = tool->mark();
    project.set_label("explained");
    REQUIRE(tool->wait("reloaded", mark));
    REQUIRE(shows(*program, "explained"));
  }
  const std::string text = explain(project, {});
  CHECK(holds(text, "game.cpp: part of game"));
  CHECK(holds(text, "reloaded game in"));
}

}  // namespace hrwatch::tests
