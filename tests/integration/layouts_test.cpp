// Changed layouts in a running program: what only frames hold is free to change, unless one of them
// runs.
#include "support/catch.h"
#include "support/project.h"

namespace hrwatch::tests {

namespace {

const char* const source = R"(#include <unistd.h>
#include "game.h"

struct Step { int by; };

static long counter;
static const char* shown = "first";

static long next(const Step& step) { return counter += step.by; }

long tick() { Step step{1}; return next(step); }

const char* label() { return shown; }

struct App {
  int frames;
  void run() { for (;;) { ++frames; tick(); usleep(1000); } }
};

void loop() { App app{0}; app.run(); }
)";

std::string edited(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a class that only frames hold may change, unless one of them runs") {
  Project project("layouts");
  project.folder().write("game.cpp", source);
  project.folder().write("main.cpp",
                         "#include <thread>\n#include \"game.h\"\nvoid loop();\n"
                         "int main() { std::thread(loop).join(); }\n");
  project.folder().edit("CMakeLists.txt", "target_link_libraries(app PRIVATE game)",
                        "target_link_libraries(app PRIVATE game pthread)");
  REQUIRE(project.build());
  const auto program = project.start_program();
  const auto tool = project.start_tool();
  INFO(tool->transcript());
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(tool->wait("build_finished"));

  std::string text = edited(source, "struct Step { int by; }", "struct Step { int by, twice; }");
  text = edited(text, "Step step{1}", "Step step{1, 2}");
  std::size_t mark = tool->mark();
  project.folder().write("game.cpp", text);
  const auto reloaded = tool->wait("reloaded", mark);
  UNSCOPED_INFO(tool->transcript());
  REQUIRE(reloaded);

  mark = tool->mark();
  project.folder().write("game.cpp", edited(text, "int frames;", "int frames; int more = 0;"));
  const auto refused = tool->wait("refused", mark);
  UNSCOPED_INFO(tool->transcript());
  REQUIRE(refused);
  const std::string reason = refused->dump();
  INFO(reason);
  CHECK(reason.find("struct App changed layout") != std::string::npos);
  CHECK(reason.find("more (int) added at offset 4; 4 -> 8 bytes") != std::string::npos);
  CHECK(reason.find("loop() is running with one") != std::string::npos);
  CHECK(program->running());

  mark = tool->mark();
  project.folder().write("game.cpp", edited(text, "step.by;", "step.by + step.twice;"));
  CHECK(tool->wait("reloaded", mark));
}

}  // namespace hrwatch::tests
