// Each template as a user takes it: made, built, run, edited while it runs; the release build says
// the same.
#include <regex>
#include <sstream>

#include "support/catch.h"
#include "support/example.h"
#include "support/project.h"
#include "support/tool.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

Outcome new_project(const Sandbox& sandbox, const std::string& kind, const std::string& folder) {
  return run(
      {.arguments = {installed_tool().string(), "new", kind, folder}, .folder = sandbox.path()});
}

// Counts on from one line "step N: ..." to the next, whatever the words.
bool counts_on(const std::string& text) {
  int last = 0;
  const std::regex line("step (\\d+): ");
  for (std::sregex_iterator at(text.begin(), text.end(), line), end; at != end; ++at) {
    const int step = std::stoi((*at)[1]);
    if (last != 0 && step != last + 1)
      return false;
    last = step;
  }
  return last > 0;
}

std::unique_ptr<Tool> watch(const Example& example, const std::string& target) {
  auto tool = std::make_unique<Tool>(installed_tool(), std::vector<std::string>{"--target", target},
                                     example.folder().path());
  REQUIRE(tool->wait("watching"));
  return tool;
}

// A program that says "step N: hello" three times in a second.
void drive_steps(const std::string& kind, const std::string& source) {
  const Sandbox sandbox("templates");
  const Outcome made = new_project(sandbox, kind, "first-try");
  INFO(made.output << made.errors);
  REQUIRE(made.status == 0);
  CHECK(made.output.find("cmake --preset hot\n    hrwatch --target first-try --run\n") !=
        std::string::npos);
  const Example example(sandbox.path("first-try"));
  REQUIRE(example.make("hot"));
  REQUIRE(example.make("release"));
  const std::string expected = "step 1: hello\nstep 2: hello\nstep 3: hello\n";
  CHECK(example.output("build/first-try", {"3"}) == expected);
  CHECK(example.output("build-release/first-try", {"3"}) == expected);

  const auto tool = watch(example, "first-try");
  const auto program = example.start("build/first-try");
  Listener listener(*program);
  CHECK(listener.hears("step 2: hello"));
  CHECK(example.folder().edit(source, "hello", "goodbye"));
  CHECK(listener.hears("goodbye"));
  CHECK(counts_on(listener.all()));
}

}  // namespace

TEST_CASE("template console") {
  drive_steps("console", "logic.cpp");
}

TEST_CASE("template c-plugin") {
  drive_steps("c-plugin", "plugin.c");
}

TEST_CASE("template game") {
  const Sandbox sandbox("templates");
  REQUIRE(new_project(sandbox, "game", "game").status == 0);
  const Example example(sandbox.path("game"));
  REQUIRE(example.make("hot"));
  REQUIRE(example.make("release"));
  const auto frames = [&](const std::string& program) {
    return run({.arguments = {example.folder().path(program).string(), "3"},
                .folder = example.folder().path(),
                .environment = {{"SDL_VIDEODRIVER", "dummy"}}})
        .output;
  };
  CHECK(frames("build/game") == "3 frames\n");
  CHECK(frames("build-release/game") == "3 frames\n");

  const Child program({.arguments = {example.folder().path("build/game").string()},
                       .folder = example.folder().path(),
                       .environment = {{"SDL_VIDEODRIVER", "dummy"}}});
  const auto tool = watch(example, "game");
  REQUIRE(tool->wait("app_joined"));
  INFO(tool->transcript());
  std::size_t mark = tool->mark();
  CHECK(example.folder().edit("game_code.cpp", "16, 18, 40", "90, 18, 40"));
  CHECK(tool->wait("reloaded", mark, std::chrono::seconds(60)));
  // As its README says: one member more, and the balls fly on.
  mark = tool->mark();
  CHECK(example.folder().edit("game_code.cpp", "  float size = 18;\n",
                              "  float size = 18;\n  float spin = 0;\n"));
  CHECK(tool->wait("reloaded", mark, std::chrono::seconds(60)));
  CHECK(tool->count("refused") == 0);
}

// The lines that stand below `title`, with a name for "<your program>".
std::string told(const std::string& output, const std::string& title) {
  std::istringstream text(output);
  std::string lines;
  bool below = false;
  for (std::string line; std::getline(text, line);) {
    if (line.compare(0, 4, "    ") != 0)
      below = line == title;
    else if (below)
      lines += std::regex_replace(line.substr(4), std::regex("<your program>"), "app") + "\n";
  }
  return lines;
}

TEST_CASE("template module-only, in a project that is there already") {
  const Sandbox sandbox("templates");
  sandbox.write("CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.23)\nproject(app LANGUAGES CXX)\n"
                "add_executable(app source/main.cpp)\n");
  const Outcome made = new_project(sandbox, "module-only", "source/path-finder");
  INFO(made.output << made.errors);
  REQUIRE(made.status == 0);

  // What it says is pasted, and typed.
  sandbox.write("CMakeLists.txt", sandbox.read("CMakeLists.txt") +
                                      told(made.output, "now add to your CMakeLists.txt"));
  std::istringstream lines(told(made.output, "and to your program, where it runs again and again"));
  std::string include, call;
  std::getline(lines, include);
  std::getline(lines, call);
  sandbox.write("source/main.cpp",
                "#include <chrono>\n#include <cstdlib>\n#include <thread>\n" + include +
                    "\nint main(int argc, char** argv) {\n"
                    "  for (int i = argc > 1 ? std::atoi(argv[1]) : -1; i != 0; --i) {\n    " +
                    call +
                    "\n    std::this_thread::sleep_for(std::chrono::milliseconds(50));\n"
                    "  }\n}\n");
  std::istringstream typed(told(made.output, "then type"));
  std::string configure, watch;
  std::getline(typed, configure);
  std::getline(typed, watch);
  CHECK(watch == "hrwatch --target app --run");
  const auto succeeds = [&](const std::string& command) {
    const Outcome outcome =
        run({.arguments = {"sh", "-c", command},
             .folder = sandbox.path(),
             .environment = {{"CMAKE_PREFIX_PATH", installed_prefix().string()}}});
    INFO(outcome.output << outcome.errors);
    CHECK(outcome.status == 0);
    return outcome.output;
  };
  succeeds(configure);
  Tool tool(installed_tool(), {"--target", "app", "--run"}, sandbox.path());
  const auto says = [&](const std::string& words) {
    return wait_until([&] { return tool.process().errors().find(words) != std::string::npos; },
                      std::chrono::seconds(60));
  };
  REQUIRE(says("step 2: hello\n"));
  CHECK(sandbox.edit("source/path-finder/path_finder.cpp", "hello", "goodbye"));
  CHECK(says(": goodbye\n"));
  INFO(tool.transcript());
  CHECK(tool.wait("reloaded"));
  CHECK(counts_on(tool.process().errors()));

  succeeds(
      "cmake -G Ninja -B build-release -DCMAKE_BUILD_TYPE=Release && cmake --build build-release");
  CHECK(succeeds("build-release/app 2") == "step 1: goodbye\nstep 2: goodbye\n");
  CHECK(succeeds("build/app 2") == "step 1: goodbye\nstep 2: goodbye\n");
}

TEST_CASE("what hrwatch new refuses, it says, and nothing is written over") {
  const Sandbox sandbox("templates");
  sandbox.write("mine/notes.txt", "kept");
  const auto refused = [&](const std::string& kind, const std::string& folder) {
    const Outcome outcome = new_project(sandbox, kind, folder);
    CHECK(outcome.status != 0);
    CHECK(outcome.output.empty());
    return outcome.errors;
  };
  CHECK(refused("console", "mine") ==
        "hrwatch: error: mine exists already\n"
        "    why: nothing that exists is written over\n"
        "    fix: name a folder that does not exist yet\n");
  CHECK(sandbox.read("mine/notes.txt") == "kept");
  CHECK_FALSE(std::filesystem::exists(sandbox.path("mine/CMakeLists.txt")));
  CHECK(refused("cosnole", "x").find("why: there are console, game, c-plugin and module-only\n") !=
        std::string::npos);
  CHECK_FALSE(std::filesystem::exists(sandbox.path("x")));
  CHECK(refused("console", "mine/notes.txt/x").find("error: mine/notes.txt/x can't be written") !=
        std::string::npos);
}

}  // namespace hrwatch::tests
