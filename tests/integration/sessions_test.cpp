// Tool and programs come and go in any order; nothing is left behind.
#include <signal.h>

#include "support/catch.h"
#include "support/processes.h"
#include "support/project.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

using namespace std::chrono_literals;

bool session_file(Project& project) {
  return std::filesystem::exists(project.folder().path("build/.hrwatch/session.json"));
}

}  // namespace

TEST_CASE("a program started before the tool joins it") {
  Project project("program-first");
  REQUIRE(project.build());
  const auto program = project.start_program();
  REQUIRE(shows(*program, "first"));
  const auto tool = project.start_tool();
  INFO(tool->transcript());
  REQUIRE(tool->wait("app_joined"));
  project.set_label("second");
  CHECK(shows(*program, "second"));
}

TEST_CASE("a killed tool leaves the program running, which joins the next one") {
  Project project("tool-killed");
  REQUIRE(project.build());
  const auto program = project.start_program();
  auto tool = project.start_tool();
  REQUIRE(tool->wait("app_joined"));
  project.set_label("second");
  REQUIRE(shows(*program, "second"));
  const long counter = last_shown(*program)->counter;
  tool->process().kill();
  CHECK(program->running());

  tool = project.start_tool();
  const auto joined = tool->wait("app_joined");
  INFO(tool->transcript());
  REQUIRE(joined);
  const std::size_t mark = tool->mark();
  project.set_label("third");
  const auto reloaded = tool->wait("reloaded", mark);
  INFO(tool->transcript());
  REQUIRE(reloaded);
  CHECK((*reloaded)["generation"] == 2);
  CHECK(shows(*program, "third"));
  CHECK(last_shown(*program)->counter > counter);
}

TEST_CASE("a program restarted under a running tool joins and reloads") {
  Project project("program-restarted");
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  auto program = project.start_program();
  REQUIRE(tool->wait("app_joined"));
  project.set_label("second");
  REQUIRE(shows(*program, "second"));
  std::size_t mark = tool->mark();
  program->kill();
  REQUIRE(tool->wait("app_left", mark));
  mark = tool->mark();
  program = project.start_program();
  REQUIRE(tool->wait("app_joined", mark));
  CHECK(shows(*program, "second"));
  project.set_label("third");
  INFO(tool->transcript());
  CHECK(shows(*program, "third"));
}

TEST_CASE("two programs of one build are reloaded together") {
  Project project("two-programs");
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  const auto one = project.start_program();
  const auto two = project.start_program();
  REQUIRE(wait_until([&] { return tool->count("app_joined") == 2; }, 30s));
  const std::size_t mark = tool->mark();
  project.set_label("second");
  CHECK(shows(*one, "second"));
  CHECK(shows(*two, "second"));
  REQUIRE(tool->settle(300ms));
  INFO(tool->transcript());
  CHECK(tool->count("build_started", mark) == 1);
  CHECK(tool->count("reloaded", mark) == 2);
}

TEST_CASE("a second tool on the same build folder is refused by name") {
  Project project("second-tool");
  REQUIRE(project.build());
  const auto first = project.start_tool();
  REQUIRE(first->wait("watching"));
  const auto second = project.start_tool();
  const auto status = second->process().wait(20s);
  INFO(second->transcript());
  REQUIRE(status);
  CHECK(*status == 3);
  CHECK(second->transcript().find(std::to_string(first->pid())) != std::string::npos);
  const auto program = project.start_program();
  INFO(first->transcript());
  CHECK(first->wait("app_joined"));
}

TEST_CASE("status tells what the tool does now, and for whom") {
  Project project("status");
  REQUIRE(project.build());
  const auto status = [&] {
    return run({.arguments = {installed_tool().string(), "status", "--build-dir", "build"},
                .folder = project.folder().path()})
        .output;
  };
  const auto tells = [&](const std::string& text) {
    return wait_until([&] { return status().find(text) != std::string::npos; }, 20s);
  };
  CHECK(tells("no hrwatch works on"));
  const auto tool = project.start_tool();
  CHECK(tells("hrwatch " + std::to_string(tool->pid()) + " on"));
  CHECK(tells("waiting for a save"));
  CHECK(tells("no program is attached"));
  const auto program = project.start_program();
  CHECK(tells("pid " + std::to_string(program->pid()) + ": game generation 0"));
  project.set_label("second");
  CHECK(tells("game generation 1"));
  CHECK(tells("waiting for a save"));
  tool->process().signal(SIGINT);
  REQUIRE(tool->process().wait(10s));
  CHECK(tells("no hrwatch works on"));
}

TEST_CASE("Ctrl-C ends the tool with 130 and leaves nothing behind") {
  Project project("interrupted");
  REQUIRE(project.build());
  const auto program = project.start_program();
  const auto tool = project.start_tool();
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(session_file(project));
  tool->process().signal(SIGINT);
  const auto status = tool->process().wait(10s);
  REQUIRE(status);
  CHECK(*status == 130);
  CHECK_FALSE(session_file(project));
  CHECK(program->running());
}

TEST_CASE("Ctrl-C in the middle of a build leaves no compiler behind") {
  Project project("interrupted-build");
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  REQUIRE(tool->wait("watching"));
  project.folder().write("game.cpp",
                         "#include <algorithm>\n#include <functional>\n#include <regex>\n" +
                             project.source_with("slow") + "std::regex slow(\"a|b\");\n");
  REQUIRE(tool->wait("build_started"));
  tool->process().signal(SIGINT);
  CHECK(tool->process().wait(10s) == 130);
  const std::string folder = project.folder().path();
  CHECK(wait_until([&] { return processes_naming(folder).empty(); }, 10s));
}

TEST_CASE("a program with HRWATCH_DISABLE=1 takes no part") {
  Project project("disabled");
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  REQUIRE(tool->wait("watching"));
  Child program({.arguments = {project.folder().path("build/app")},
                 .folder = project.folder().path(),
                 .environment = {{"HRWATCH_DISABLE", "1"}}});
  REQUIRE(shows(program, "first"));
  const std::size_t mark = tool->mark();
  project.set_label("second");
  REQUIRE(tool->wait("build_finished", mark));
  tool->settle(500ms);
  CHECK(tool->count("app_joined") == 0);
  CHECK(last_shown(program)->label == "first");
}

TEST_CASE("--once builds, reloads what runs, and ends") {
  Project project("once");
  REQUIRE(project.build());
  SECTION("a good build ends with 0") {
    const auto tool = project.start_tool({"--once"});
    const auto status = tool->process().wait(60s);
    INFO(tool->transcript());
    CHECK(status == 0);
  }
  SECTION("a failed build ends with 1") {
    project.folder().write("game.cpp", "this is no C++\n");
    const auto tool = project.start_tool({"--once"});
    const auto status = tool->process().wait(60s);
    INFO(tool->transcript());
    CHECK(status == 1);
    CHECK(tool->count("build_failed") == 1);
  }
}

}  // namespace hrwatch::tests
