// Who is still in old code: `hrwatch status` says it, and the session says when it is left.
#include "support/catch.h"
#include "support/project.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

const char* const header = R"(#pragma once
const char* label();
long tick();
void serve();
)";

const ShowingProgram serving{.includes = "#include <pthread.h>\n", .once = R"(
  std::thread server([] {
    pthread_setname_np(pthread_self(), "server");
    serve();
  });
)"};

std::string source(const std::string& label, bool stops) {
  return std::string("#include \"game.h\"\n#include <unistd.h>\n\nstatic long counter = 0;\n\n") +
         "long tick() { return ++counter; }\n\nstatic bool stops() { return " +
         (stops ? "true" : "false") + "; }\n\nvoid serve() {\n  while (!stops())\n" +
         "    usleep(1000);\n}\n\nconst char* label() { return \"" + label + "\"; }\n";
}

}  // namespace

TEST_CASE("status names the thread that is in old code, until it has left") {
  Project project("old-code");
  project.folder().write("game.h", header);
  project.folder().write("main.cpp", serving.source());
  project.folder().write("game.cpp", source("first", false));
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  const auto program = project.start_program();
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(tool->wait("build_finished"));
  REQUIRE(shows(*program, "first"));
  const auto status = [&] {
    const Outcome outcome =
        run({.arguments = {installed_tool().string(), "status", "--build-dir", "build"},
             .folder = project.folder().path()});
    CHECK(outcome.status == 0);
    return outcome.output + outcome.errors;
  };
  const std::string pid = "pid " + std::to_string(program->pid());
  INFO(tool->transcript());
  CHECK(status().find(pid + ": no thread is in old code") != std::string::npos);

  for (const std::string label : {"second", "third"}) {
    const std::size_t mark = tool->mark();
    project.folder().write("game.cpp", source(label, false));
    REQUIRE(tool->wait("reloaded", mark));
    REQUIRE(shows(*program, label));
  }
  const std::string told = status();
  INFO(told);
  CHECK(told.find(" (server) is in serve() of generation 0 of game, " +
                  project.folder().path("game.cpp").string() + ":1") != std::string::npos);
  CHECK(told.find("; generation 2 runs\n") != std::string::npos);
  CHECK(told.find("thread " + std::to_string(program->pid()) + " ") == std::string::npos);

  const std::size_t mark = tool->mark();
  project.folder().write("game.cpp", source("fourth", true));
  REQUIRE(shows(*program, "fourth"));
  const auto left = tool->wait("old_code_left", mark);
  INFO(tool->transcript());
  REQUIRE(left);
  CHECK((*left)["pid"] == program->pid());
  CHECK(status().find(pid + ": no thread is in old code") != std::string::npos);
  CHECK(program->running());
}

}  // namespace hrwatch::tests
