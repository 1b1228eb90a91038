// Each template as a user takes it: made, built, run, edited while it runs; the release build says
// the same.
#include <regex>

#include "support/catch.h"
#include "support/example.h"
#include "support/project.h"
#include "support/tool.h"

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

TEST_CASE("template module-only") {
  const Sandbox sandbox("templates");
  sandbox.write("main.cpp", "#include \"path_finder.h\"\nint main() { path_finder_step(); }\n");
  const Outcome made = new_project(sandbox, "module-only", "src/path-finder");
  REQUIRE(made.status == 0);
  std::string lines;
  for (const char* line : {"find_package(hrwatch REQUIRED)", "add_subdirectory(src/path-finder)"}) {
    CHECK(made.output.find(std::string("    ") + line + "\n") != std::string::npos);
    lines += std::string(line) + "\n";
  }
  CHECK(made.output.find("    target_link_libraries(<your program> PRIVATE path_finder)\n") !=
        std::string::npos);
  sandbox.write("CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.23)\nproject(app LANGUAGES C CXX)\n" + lines +
                    "add_executable(app main.cpp)\n"
                    "target_link_libraries(app PRIVATE path_finder)\n");
  const auto command = [&](std::vector<std::string> arguments) {
    const Outcome outcome = run({.arguments = std::move(arguments), .folder = sandbox.path()});
    INFO(outcome.output << outcome.errors);
    CHECK(outcome.status == 0);
    return outcome.output;
  };
  command(
      {"cmake", "-S.", "-Bbuild", "-GNinja", "-DCMAKE_PREFIX_PATH=" + installed_prefix().string()});
  command({"cmake", "--build", "build"});
  CHECK(command({sandbox.path("build/app").string()}) == "step 1: hello\n");
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
