// Builds that fail, are killed or are overtaken.
#include <signal.h>

#include "support/catch.h"
#include "support/processes.h"
#include "support/project.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

using namespace std::chrono_literals;

// A running session, and how every fault must end.
struct Day {
  explicit Day(const std::string& name, const std::string& with_cmake = "")
      : project(name, with_cmake) {}

  void begin() {
    REQUIRE(project.build());
    tool = project.start_tool();
    program = project.start_program();
    INFO(tool->transcript());
    REQUIRE(tool->wait("app_joined"));
    REQUIRE(shows(*program, "first"));
  }

  // The next good save goes in, the program is the same one.
  void mend(const std::string& label) {
    const long before = last_shown(*program)->counter;
    CHECK(program->running());
    project.set_label(label);
    const bool shown = shows(*program, label, 60s);
    INFO(tool->transcript());
    REQUIRE(shown);
    CHECK(last_shown(*program)->counter > before);
    CHECK(tool->count("not-json") == 0);
    CHECK(tool->process().running());
  }

  Project project;
  std::unique_ptr<Tool> tool;
  std::unique_ptr<Child> program;
};

// The diagnostics of a failed build name `file`, and `line` unless it is 0.
bool names(const Event& failed, const std::string& file, int line) {
  if (!failed.contains("diagnostics"))
    return false;
  for (const Event& diagnostic : failed["diagnostics"])
    if (diagnostic.value("file", "").find(file) != std::string::npos &&
        (line == 0 || diagnostic.value("line", 0) == line))
      return true;
  return false;
}

}  // namespace

TEST_CASE("a syntax error is shown with its place") {
  Day day("syntax");
  day.begin();
  const std::size_t mark = day.tool->mark();
  day.project.folder().write("game.cpp", "#include \"game.h\"\n\nlong tick( { return 1; }\n");
  const auto failed = day.tool->wait("build_failed", mark);
  INFO(day.tool->transcript());
  REQUIRE(failed);
  CHECK(names(*failed, "game.cpp", 3));
  CHECK(day.tool->count("reloaded", mark) == 0);
  day.mend("mended");
}

TEST_CASE("a missing header is shown") {
  Day day("header");
  day.begin();
  const std::size_t mark = day.tool->mark();
  day.project.folder().write("game.cpp", "#include \"nowhere.h\"\n" + day.project.source_with("x"));
  const auto failed = day.tool->wait("build_failed", mark);
  INFO(day.tool->transcript());
  REQUIRE(failed);
  CHECK(names(*failed, "game.cpp", 1));
  day.mend("mended");
}

TEST_CASE("a link error is a failed build") {
  Day day("link");
  day.project.folder().write("CMakeLists.txt", "");
  day.project.folder().write(
      "CMakeLists.txt",
      "cmake_minimum_required(VERSION 3.23)\nproject(sample LANGUAGES C CXX)\n"
      "find_package(hrwatch REQUIRED)\nadd_hot_module(game game.cpp other.cpp)\n"
      "add_executable(app main.cpp)\ntarget_link_libraries(app PRIVATE game)\n");
  day.project.folder().write("other.cpp", "int defined_twice() { return 1; }\n");
  day.begin();
  const std::size_t mark = day.tool->mark();
  day.project.folder().write("game.cpp",
                             day.project.source_with("x") + "int defined_twice() { return 2; }\n");
  const auto failed = day.tool->wait("build_failed", mark);
  INFO(day.tool->transcript());
  REQUIRE(failed);
  CHECK(names(*failed, "game.cpp", 0));
  CHECK(failed->dump().find("defined_twice") != std::string::npos);
  day.mend("mended");
}

TEST_CASE("a symbol that nobody defines is refused by name") {
  Day day("undefined");
  day.begin();
  const std::size_t mark = day.tool->mark();
  day.project.folder().write("game.cpp", "int nobody();\n" + day.project.source_with("x") +
                                             "int calls() { return nobody(); }\n");
  const auto refused = day.tool->wait("refused", mark);
  INFO(day.tool->transcript());
  REQUIRE(refused);
  CHECK(refused->value("reason", "").find("nobody()") != std::string::npos);
  CHECK(refused->value("fix", "").find("define it") != std::string::npos);
  day.mend("mended");
}

TEST_CASE("a deleted source is a failed build, its return is a good one") {
  Day day("deleted");
  day.begin();
  const std::size_t mark = day.tool->mark();
  std::filesystem::remove(day.project.folder().path("game.cpp"));
  const auto failed = day.tool->wait("build_failed", mark);
  INFO(day.tool->transcript());
  REQUIRE(failed);
  CHECK(names(*failed, "game.cpp", 0));
  day.mend("mended");
}

TEST_CASE("a broken CMakeLists.txt is shown, and mended") {
  Day day("cmake");
  day.begin();
  const std::size_t mark = day.tool->mark();
  const std::string good = day.project.folder().read("CMakeLists.txt");
  day.project.folder().write("CMakeLists.txt", good + "no_such_command(game)\n");
  const auto failed = day.tool->wait("build_failed", mark);
  INFO(day.tool->transcript());
  REQUIRE(failed);
  CHECK(names(*failed, "CMakeLists.txt", 7));
  CHECK(failed->dump().find("no_such_command") != std::string::npos);
  // A save meanwhile is not lost.
  const std::size_t broken = day.tool->mark();
  day.project.set_label("meanwhile");
  CHECK(day.tool->wait("build_failed", broken));
  day.project.folder().write("CMakeLists.txt", good);
  CHECK(day.tool->wait("build_finished", mark, 60s));
  CHECK(shows(*day.program, "meanwhile"));
  day.mend("mended");
}

TEST_CASE("a killed ninja is a failed build") {
  Day day("ninja");
  day.begin();
  REQUIRE(day.tool->wait("build_finished"));  // its ninja is not the one that is meant
  const std::size_t mark = day.tool->mark();
  day.project.folder().write("game.cpp", "#include <regex>\nstd::regex slow(\"a|b\");\n" +
                                             day.project.source_with("slow"));
  pid_t ninja = 0;
  const bool found = wait_until(
      [&] {
        const auto all = descendants_called(day.tool->pid(), "ninja");
        ninja = all.empty() ? 0 : all.front();
        return ninja != 0;
      },
      20s);
  REQUIRE(found);
  ::kill(ninja, SIGKILL);
  const auto told = day.tool->wait("error", mark);
  INFO(day.tool->transcript());
  REQUIRE(told);
  CHECK(told->value("what", "").find("stopped from outside") != std::string::npos);
  CHECK(told->value("fix", "").find("save again") != std::string::npos);
  CHECK(day.tool->wait("build_failed", mark));
  CHECK(last_shown(*day.program)->label == "first");
  day.mend("mended");
}

TEST_CASE("a newer save cancels a stale build, and nothing is lost") {
  Day day("stale");
  day.begin();
  const std::size_t mark = day.tool->mark();
  day.project.folder().write("game.cpp", "#include <regex>\nstd::regex slow(\"a|b\");\n" +
                                             day.project.source_with("stale"));
  REQUIRE(day.tool->wait("build_started", mark));
  day.project.set_label("newest");
  const bool shown = shows(*day.program, "newest", 60s);
  INFO(day.tool->transcript());
  CHECK(shown);
  for (const std::string& line : day.program->lines())
    CHECK(line.find("stale") == std::string::npos);
  day.mend("mended");
}

}  // namespace hrwatch::tests
