// Who builds, with what, and what the build itself does to the source tree; and the program that is
// started again.
#include <algorithm>

#include "support/catch.h"
#include "support/project.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

using namespace std::chrono_literals;

bool ninja_by_hand(Project& project) {
  return run({.arguments = {"ninja", "-C", "build"}, .folder = project.folder().path()}).status ==
         0;
}

bool errors_hold(Tool& tool, const std::string& text) {
  return wait_until([&] { return tool.process().errors().find(text) != std::string::npos; }, 60s);
}

std::size_t lines_of(Project& project, const std::string& file) {
  const std::string text = project.folder().read(file);
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("--no-build: what somebody else builds is reloaded, once each") {
  for (const std::string linker : {"AUTO", "bfd"}) {
    Project project("no-build-" + linker);
    REQUIRE(project.build("-DHRWATCH_LINKER=" + linker));
    const auto program = project.start_program();
    const auto tool = project.start_tool({"--no-build"});
    INFO(tool->transcript());
    REQUIRE(tool->wait("app_joined"));
    long counter = last_shown(*program)->counter;
    for (const std::string label : {"second", "third", "fourth"}) {
      const std::size_t mark = tool->mark();
      project.set_label(label);
      REQUIRE(ninja_by_hand(project));
      const bool shown = shows(*program, label);
      INFO(linker << '\n' << tool->transcript());
      REQUIRE(shown);
      CHECK(last_shown(*program)->counter > counter);
      counter = last_shown(*program)->counter;
      tool->settle(300ms);
      CHECK(tool->count("reloaded", mark) == 1);
      CHECK(tool->count("build_started") == 0);
      CHECK(tool->count("error", mark) == 0);
    }
    project.folder().write("game.cpp", "this is no C++\n");
    CHECK_FALSE(ninja_by_hand(project));
    project.set_label("mended");
    REQUIRE(ninja_by_hand(project));
    INFO(linker << '\n' << tool->transcript());
    CHECK(shows(*program, "mended"));
  }
}

TEST_CASE("--no-build: a module that is built only later") {
  Project project("no-build-yet");
  REQUIRE(project.build());
  const std::filesystem::path library = project.folder().path("build/libgame.so");
  REQUIRE(std::filesystem::remove(library));
  const auto tool = project.start_tool({"--no-build"});
  REQUIRE(tool->wait("watching"));
  REQUIRE(ninja_by_hand(project));
  const auto program = project.start_program();
  REQUIRE(tool->wait("app_joined"));
  project.set_label("second");
  REQUIRE(ninja_by_hand(project));
  const bool shown = shows(*program, "second");
  INFO(tool->transcript());
  CHECK(shown);
}

TEST_CASE("a step behind the link that writes to the library: what it leaves is what is loaded") {
  Project project("post-build",
                  "add_custom_command(TARGET game POST_BUILD COMMAND sh -c \"printf stepped >> "
                  "$<TARGET_FILE:game>\" VERBATIM)\n");
  REQUIRE(project.build());
  const auto program = project.start_program();
  const auto tool = project.start_tool();
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(tool->wait("build_finished"));  // the build at the start
  for (const std::string label : {"second", "third", "fourth"}) {
    const std::size_t mark = tool->mark();
    project.set_label(label);
    const auto reloaded = tool->wait("reloaded", mark);
    INFO(tool->transcript());
    REQUIRE(reloaded);
    CHECK(shows(*program, label));
    const std::string copy = project.folder().read(
        "build/.hrwatch/gen/game." + std::to_string((*reloaded)["generation"].get<int>()) + ".so");
    CHECK(copy.ends_with("stepped"));
  }
  CHECK(tool->count("error") == 0);
}

TEST_CASE("--on-refuse relaunch: a refused reload starts the program again") {
  Project project("relaunch-on-refuse");
  const std::string source =
      "#include \"game.h\"\nstruct Enemy {\n  int speed = 3;\n};\nstatic Enemy* enemy = new "
      "Enemy;\n"
      "static long counter = 0;\nlong tick() { return ++counter + enemy->speed; }\n"
      "const char* label() { return \"first\"; }\n";
  project.folder().write("game.cpp", source);
  REQUIRE(project.build());
  Tool tool(installed_tool(),
            {"--target", "app", "--build-dir", "build", "--run", "--on-refuse", "relaunch"},
            project.folder().path());
  const auto joined = tool.wait("app_joined");
  INFO(tool.transcript());
  REQUIRE(joined);
  REQUIRE(errors_hold(tool, "LABEL first"));
  for (const std::string label : {"second", "third"}) {
    const std::size_t mark = tool.mark();
    const std::string member = "int " + label + " = 9;\n  int speed = 3;";
    std::string text = source;
    text.replace(text.find("int speed = 3;"), 14, member);
    text.replace(text.find("\"first\""), 7, '"' + label + '"');
    project.folder().write("game.cpp", text);
    const auto relaunched = tool.wait("relaunched", mark);
    INFO(tool.transcript());
    REQUIRE(relaunched);
    CHECK(tool.count("refused", mark) == 1);
    CHECK((*relaunched)["pid"] != (*joined)["pid"]);
    CHECK((*relaunched)["reason"].get<std::string>().find("Enemy") != std::string::npos);
    REQUIRE(tool.wait("app_joined", mark));
    REQUIRE(errors_hold(tool, "LABEL " + label));
    CHECK(tool.count("relaunched", mark) == 1);
  }
  // What fits is still reloaded, without a new start.
  const std::size_t mark = tool.mark();
  REQUIRE(project.folder().edit("game.cpp", "\"third\"", "\"fourth\""));
  const auto reloaded = tool.wait("reloaded", mark);
  INFO(tool.transcript());
  CHECK(reloaded);
  CHECK(errors_hold(tool, "LABEL fourth"));
  CHECK(tool.count("relaunched", mark) == 0);
}

TEST_CASE("a build that writes into the source tree each time comes to an end") {
  Project project("generator",
                  "add_custom_target(stamp COMMAND sh stamp.sh WORKING_DIRECTORY "
                  "${CMAKE_SOURCE_DIR})\nadd_dependencies(game stamp)\n");
  project.folder().write("stamp.sh", "date '+\"%N\"' > stamp.h\n");
  project.folder().write("stamp.h", "\"\"\n");
  const std::string with_stamp = "const char* stamp() { return\n#include \"stamp.h\"\n; }\n";
  project.folder().write("game.cpp", project.source_with("first") + with_stamp);
  REQUIRE(project.build());
  const auto program = project.start_program();
  const auto tool = project.start_tool();
  REQUIRE(tool->wait("app_joined"));
  const bool quiet = tool->settle(3000ms);
  INFO(tool->transcript());
  REQUIRE(quiet);
  project.folder().write("game.cpp", project.source_with("second") + with_stamp);
  REQUIRE(shows(*program, "second", 60s));
  REQUIRE(tool->settle(3000ms));
  const auto told = tool->wait("error", 0, 1s);
  REQUIRE(told);
  CHECK((*told)["what"].get<std::string>().find("stamp.h") != std::string::npos);
  CHECK(tool->count("error") == 1);
  // From now on a save is a build and a reload.
  const std::size_t mark = tool->mark();
  project.folder().write("game.cpp", project.source_with("third") + with_stamp);
  REQUIRE(shows(*program, "third", 60s));
  REQUIRE(tool->settle(3000ms));
  INFO(tool->transcript());
  CHECK(tool->count("build_started", mark) == 1);
  CHECK(tool->count("reloaded", mark) == 1);
  CHECK(tool->count("error") == 1);
}

TEST_CASE("an edit in a static library that is linked into the module reaches all who call it") {
  Project project("archive",
                  "add_library(engine STATIC engine.cpp)\n"
                  "target_link_libraries(game PRIVATE engine)\n");
  const auto engine = [](const std::string& label) {
    return "#include \"engine.h\"\nconst char* Engine::name() { return \"" + label +
           "\"; }\nconst char* name() { return \"" + label +
           "\"; }\nEngine* make() { return new Engine; }\n";
  };
  project.folder().write("engine.h",
                         "struct Engine { virtual ~Engine() = default; virtual const char* name(); "
                         "};\nconst char* name();\nEngine* make();\n");
  project.folder().write("engine.cpp", engine("first"));
  // By a live object, a stored pointer and a call from a source that is not built again.
  project.folder().write(
      "game.cpp",
      "#include \"game.h\"\n#include \"engine.h\"\n#include <cstring>\nstatic long counter = 0;\n"
      "static Engine* engine = make();\nstatic const char* (*stored)() = name;\n"
      "long tick() { return ++counter; }\n"
      "const char* label() {\n  const char* said = name();\n"
      "  return !std::strcmp(said, stored()) && !std::strcmp(said, engine->name()) ? said : "
      "\"different\";\n}\n");
  REQUIRE(project.build());
  const auto program = project.start_program();
  const auto tool = project.start_tool();
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(shows(*program, "first"));
  for (const std::string label : {"second", "third"}) {
    const long counter = last_shown(*program)->counter;
    project.folder().write("engine.cpp", engine(label));
    const bool shown = shows(*program, label);
    INFO(tool->transcript());
    REQUIRE(shown);
    CHECK(last_shown(*program)->counter > counter);
  }
}

// What ccache does with base_dir and without hash_dir, when another clone compiled the file before:
// relative source names, and the other clone's folder in the debug info.
TEST_CASE("objects out of a compiler cache keep their variables") {
  Project project("cache");
  project.folder().write(
      "cache.sh",
      "#!/bin/sh\nfor word; do\n  shift\n  case $word in\n    \"$PWD\"/*) ;;\n"
      "    \"${PWD%/*}\"/*) word=../${word#\"${PWD%/*}\"/} ;;\n  esac\n"
      "  set -- \"$@\" \"$word\"\ndone\n"
      "test -e ../hit && set -- \"$@\" \"-fdebug-prefix-map=$PWD=/other/build\"\n"
      "exec \"$@\"\n");
  std::filesystem::permissions(project.folder().path("cache.sh"),
                               std::filesystem::perms::owner_all);
  project.folder().write("hit", "");
  REQUIRE(
      project.build("-DCMAKE_CXX_COMPILER_LAUNCHER=" + project.folder().path("cache.sh").string()));
  const auto program = project.start_program();
  const auto tool = project.start_tool();
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(wait_until([&] { return last_shown(*program).has_value(); }, 10s));
  for (const std::string label : {"missed", "hit"}) {
    if (label == "missed")
      std::filesystem::remove(project.folder().path("hit"));
    else
      project.folder().write("hit", "");
    const long counter = last_shown(*program)->counter;
    project.set_label(label);
    const bool shown = shows(*program, label);
    INFO(tool->transcript());
    REQUIRE(shown);
    CHECK(last_shown(*program)->counter > counter);
  }
}

TEST_CASE("the ninja that the build folder was configured for is the one that builds") {
  Project project("own-ninja");
  project.folder().write("our-ninja", "#!/bin/sh\necho \"$@\" >> '" +
                                          project.folder().path("log").string() +
                                          "'\nexec ninja \"$@\"\n");
  std::filesystem::permissions(project.folder().path("our-ninja"),
                               std::filesystem::perms::owner_all);
  REQUIRE(project.build("-DCMAKE_MAKE_PROGRAM=" + project.folder().path("our-ninja").string()));
  const auto program = project.start_program();
  const auto tool = project.start_tool();
  REQUIRE(tool->wait("app_joined"));
  tool->settle(500ms);
  const std::size_t before = lines_of(project, "log");
  project.set_label("second");
  REQUIRE(shows(*program, "second"));
  CHECK(lines_of(project, "log") > before);

  const std::size_t mark = tool->mark();
  std::filesystem::remove(project.folder().path("our-ninja"));
  project.set_label("third");
  const auto told = tool->wait("error", mark);
  INFO(tool->transcript());
  REQUIRE(told);
  CHECK((*told)["what"].get<std::string>().find("our-ninja") != std::string::npos);
  CHECK((*told)["fix"].get<std::string>().find("cmake") != std::string::npos);
}

}  // namespace hrwatch::tests
