#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "project/project_fixture.h"
#include "support/catch.h"

using hrwatch::core::TargetKind;
using hrwatch::test::owners_of;
using hrwatch::test::ProjectFixture;
using hrwatch::test::target;
using hrwatch::test::watches;
namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

// game (hot) uses part (static) uses bits (object); app uses game. A header each way.
void write_game(const ProjectFixture& fixture) {
  fixture.write("CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.23)\n"
                "project(p C)\n"
                "include(cmake/more.cmake)\n"
                "add_library(bits OBJECT src/bits.c)\n"
                "add_library(part STATIC src/part.c $<TARGET_OBJECTS:bits>)\n"
                "target_include_directories(part PUBLIC include)\n"
                "add_library(game SHARED src/game.c ../src/shared.c)\n"
                "target_link_libraries(game PRIVATE part)\n"
                "add_executable(app app/main.c)\n"
                "target_link_libraries(app PRIVATE game)\n"
                "add_executable(lonely app/main.c)\n");
  fixture.write("cmake/more.cmake", "# more\n");
  fixture.write("include/part.h", "int part(void);\n");
  fixture.write("src/bits.c", "int bits(void) { return 1; }\n");
  fixture.write("src/part.c", "#include \"part.h\"\nint part(void) { return 1; }\n");
  fixture.write("src/game.h", "#define ONE 1\n");
  fixture.write("src/game.c",
                "#include <stddef.h>\n#include \"part.h\"\n#include \"game.h\"\n"
                "int game(void) { return part() + ONE; }\n");
  fixture.write("src/shared.c", "int shared(void) { return 1; }\n");
  fixture.write("app/main.c", "int main(void) { return 0; }\n");
}

// The project stands in a folder of its own, so that ../src of it is outside.
void write_plain(const ProjectFixture& fixture) {
  fixture.write("CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.23)\n"
                "project(p C)\n"
                "add_library(game SHARED game.c)\n");
  fixture.write("game.c", "int game(void) { return 1; }\n");
}

}  // namespace

TEST_CASE("Project reads targets, sources, artifacts and who needs whom, running CMake once") {
  ProjectFixture fixture;
  write_game(fixture);
  fixture.run("sed -i 's, ../src/shared.c,,' CMakeLists.txt");
  fixture.configure();
  fixture.write_module_file("game", "libgame.so");
  CHECK_FALSE(fs::exists(fixture.built(".cmake/api/v1/reply")));
  const auto model = fixture.load();
  REQUIRE(model);
  CHECK(model->source_dir == fixture.path("."));
  CHECK(model->build_dir == fixture.built("."));
  CHECK(model->generator == "Ninja");
  CHECK(model->config == "Debug");
  CHECK_FALSE(model->multi_config);
  CHECK(target(*model, "game").hot);
  CHECK(target(*model, "game").module == "game");
  CHECK(target(*model, "game").kind == TargetKind::shared);
  CHECK(target(*model, "game").artifact == fixture.built("libgame.so"));
  CHECK_FALSE(target(*model, "part").hot);
  CHECK(target(*model, "part").kind == TargetKind::static_library);
  CHECK(target(*model, "bits").kind == TargetKind::object);
  CHECK(target(*model, "app").kind == TargetKind::executable);
  CHECK(target(*model, "app").artifact == fixture.built("app"));
  CHECK(target(*model, "app").dependencies == Names{"bits", "game", "part"});
  CHECK(target(*model, "game").dependencies == Names{"bits", "part"});
  CHECK(target(*model, "lonely").dependencies.empty());
  CHECK(owners_of(*model, fixture.path("src/part.c")).find("part") != std::string::npos);
  CHECK(owners_of(*model, fixture.path("app/main.c")).find("lonely") != std::string::npos);
  CHECK(model->cmake_inputs ==
        Names{fixture.path("CMakeLists.txt"), fixture.path("cmake/more.cmake")});
  CHECK(model->artifact_folders == Names{fixture.built(".")});
}

TEST_CASE("Project reads which shared libraries a target is linked with") {
  ProjectFixture fixture;
  fixture.write("CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.23)\n"
                "project(p C)\n"
                "add_library(base SHARED game.c)\n"
                "set_target_properties(base PROPERTIES VERSION 1.2 SOVERSION 1)\n"
                "add_library(part STATIC game.c)\n"
                "add_library(plugin SHARED game.c)\n"
                "add_library(game SHARED game.c)\n"
                "target_link_libraries(game PRIVATE base part m)\n"
                "add_dependencies(game plugin)\n"
                "add_executable(app main.c)\n"
                "target_link_libraries(app PRIVATE game)\n");
  fixture.write("game.c", "int game(void) { return 1; }\n");
  fixture.write("main.c", "int main(void) { return 0; }\n");
  fixture.configure();
  fixture.write_module_file("game", "libgame.so");
  const auto model = fixture.load();
  REQUIRE(model);
  CHECK(target(*model, "game").dependencies == Names{"base", "part", "plugin"});
  CHECK(target(*model, "game").linked == Names{"base"});
  CHECK(target(*model, "app").linked == Names{"game"});
  CHECK(target(*model, "base").linked.empty());
}

TEST_CASE("Project knows headers once ninja has built, and sees new ones after the next build") {
  ProjectFixture fixture;
  write_game(fixture);
  fixture.run("sed -i 's, ../src/shared.c,,' CMakeLists.txt");
  fixture.configure();
  fixture.write_module_file("game", "libgame.so");
  auto model = fixture.load();
  REQUIRE(model);
  CHECK(owners_of(*model, fixture.path("src/game.h")) == "nobody");
  CHECK_FALSE(watches(*model, fixture.path("include")));

  fixture.build();
  fixture.project().refresh();
  REQUIRE(fixture.wait_until([&] { return fixture.models().size() == 2; }));
  model = fixture.models().back();
  CHECK(owners_of(*model, fixture.path("src/game.h")) == "game");
  CHECK(owners_of(*model, fixture.path("include/part.h")) == "game part");
  CHECK(watches(*model, fixture.path("include")));
  CHECK(owners_of(*model, "/usr/include/stdc-predef.h") == "nobody");
  for (const std::string& folder : model->watched_folders) {
    INFO(folder);
    CHECK_FALSE(folder.starts_with("/usr"));
  }

  fixture.write("more/new.h", "#define TWO 2\n");
  fixture.run("sed -i '1i #include \"../more/new.h\"' src/game.c");
  fixture.build();
  fixture.project().refresh();
  REQUIRE(fixture.wait_until([&] { return fixture.models().size() == 3; }));
  CHECK(owners_of(*fixture.models().back(), fixture.path("more/new.h")) == "game");

  // Nothing new: nothing said. A load() says so in any case, and ends what the refresh began.
  fixture.project().refresh();
  REQUIRE(fixture.load());
  CHECK(fixture.models().size() == 4);
}

TEST_CASE("Project finds the outside inputs of custom commands, not what they make") {
  ProjectFixture fixture;
  fixture.write("CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.23)\n"
                "project(p C)\n"
                "add_custom_command(OUTPUT table.c COMMAND cp ${CMAKE_SOURCE_DIR}/data/table.txt\n"
                "                   table.c DEPENDS data/table.txt)\n"
                "add_library(game SHARED table.c)\n"
                "configure_file(config.in config.h)\n");
  fixture.write("config.in", "#define X\n");
  fixture.write("data/table.txt", "int table[3];\n");
  fixture.configure();
  fixture.write_module_file("game", "libgame.so");
  const auto model = fixture.load();
  REQUIRE(model);
  CHECK(owners_of(*model, fixture.path("data/table.txt")) == "game");
  CHECK(owners_of(*model, fixture.built("table.c")) == "nobody");
  CHECK(watches(*model, fixture.path("data")));
  CHECK_FALSE(watches(*model, fixture.built(".")));
  CHECK(std::count(model->cmake_inputs.begin(), model->cmake_inputs.end(),
                   fixture.path("config.in")) == 1);
}

TEST_CASE("Project watches the folders of globs, also those without a source yet") {
  ProjectFixture fixture;
  fixture.write("CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.23)\n"
                "project(p C)\n"
                "file(GLOB_RECURSE sources CONFIGURE_DEPENDS src/*.c)\n"
                "file(GLOB plugins CONFIGURE_DEPENDS plugins/*.c)\n"
                "add_library(game SHARED ${sources} ${plugins})\n");
  fixture.write("src/a.c", "int a;\n");
  fixture.write("src/deep/empty/readme.txt", "none yet\n");
  fixture.write("plugins/readme.txt", "none yet\n");
  fixture.configure();
  const auto model = fixture.load();
  REQUIRE(model);
  CHECK(watches(*model, fixture.path("src")));
  CHECK(watches(*model, fixture.path("src/deep/empty")));
  CHECK(watches(*model, fixture.path("plugins")));
}

TEST_CASE("Project takes sources outside the project folder and through symbolic links") {
  ProjectFixture outside;
  outside.write("lib/out.c", "int out;\n");
  outside.write("real/linked.c", "int linked;\n");
  ProjectFixture fixture;
  fixture.write("CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.23)\n"
                "project(p C)\n"
                "add_library(game SHARED " +
                    outside.path("lib/out.c") + " linked.c)\n");
  fs::create_symlink(outside.path("real/linked.c"), fixture.path("linked.c"));
  fixture.configure();
  const auto model = fixture.load();
  REQUIRE(model);
  CHECK(owners_of(*model, outside.path("lib/out.c")) == "game");
  CHECK(owners_of(*model, fixture.path("linked.c")) == "game");
  CHECK(owners_of(*model, outside.path("real/linked.c")) == "game");
  CHECK(watches(*model, outside.path("lib")));
  CHECK(watches(*model, outside.path("real")));
}

TEST_CASE("Project takes one source of two targets") {
  ProjectFixture fixture;
  fixture.write("CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.23)\n"
                "project(p C)\n"
                "add_library(one SHARED both.c)\n"
                "add_library(two SHARED both.c)\n"
                "target_compile_definitions(two PRIVATE TWO)\n");
  fixture.write("both.c", "int both;\n");
  fixture.configure();
  const auto model = fixture.load();
  REQUIRE(model);
  CHECK(owners_of(*model, fixture.path("both.c")) == "one two");
}

TEST_CASE("Project works with the build folder being the source folder, or around it") {
  SECTION("the same folder") {
    ProjectFixture fixture(".");
    write_plain(fixture);
    fixture.configure();
    fixture.build();
    const auto model = fixture.load();
    REQUIRE(model);
    CHECK(owners_of(*model, fixture.path("game.c")) == "game");
    CHECK(watches(*model, fixture.path(".")));
  }
  SECTION("the source folder inside the build folder") {
    ProjectFixture fixture(".");
    fixture.write("source/CMakeLists.txt",
                  "cmake_minimum_required(VERSION 3.23)\nproject(p C)\n"
                  "add_library(game SHARED game.c)\n");
    fixture.write("source/game.c", "int game;\n");
    fixture.run("cmake -S source -B . -G Ninja -DCMAKE_BUILD_TYPE=Debug");
    fixture.build();
    const auto model = fixture.load();
    REQUIRE(model);
    CHECK(owners_of(*model, fixture.path("source/game.c")) == "game");
    CHECK_FALSE(watches(*model, fixture.path(".")));
  }
}

TEST_CASE("Project reads one configuration of Ninja Multi-Config") {
  ProjectFixture fixture;
  write_plain(fixture);
  fixture.configure("-G 'Ninja Multi-Config' -DCMAKE_CONFIGURATION_TYPES='Debug;Release'");
  fixture.run("ninja -C build -f build-Debug.ninja && ninja -C build -f build-Release.ninja");
  fixture.write_module_file("game", "Debug/libgame.so", "Debug");
  fixture.write_module_file("game", "Release/libgame.so", "Release");
  SECTION("the first by default") {
    const auto model = fixture.load();
    REQUIRE(model);
    CHECK(model->multi_config);
    CHECK(model->config == "Debug");
    CHECK(target(*model, "game").artifact == fixture.built("Debug/libgame.so"));
    CHECK(owners_of(*model, fixture.path("game.c")) == "game");
  }
  SECTION("another by name") {
    fixture.open("Release");
    const auto model = fixture.load();
    REQUIRE(model);
    CHECK(target(*model, "game").artifact == fixture.built("Release/libgame.so"));
  }
  SECTION("none that does not exist") {
    fixture.open("Profile");
    CHECK_FALSE(fixture.load());
    CHECK(fixture.failures().at(0).what.find("'Profile'") != std::string::npos);
    CHECK(fixture.failures().at(0).why.find("Debug, Release") != std::string::npos);
  }
}

TEST_CASE("Project notices that CMake has run, and takes in what changed") {
  ProjectFixture fixture;
  write_plain(fixture);
  fixture.configure();
  REQUIRE(fixture.load());
  CHECK_FALSE(fixture.project().cmake_has_run());
  fixture.write("CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.23)\nproject(p C)\n"
                "add_library(game SHARED game.c more.c)\n");
  fixture.write("more.c", "int more;\n");
  fixture.build();
  CHECK(fixture.project().cmake_has_run());
  fixture.project().refresh();
  REQUIRE(fixture.wait_until([&] { return fixture.models().size() == 2; }));
  CHECK(owners_of(*fixture.models().back(), fixture.path("more.c")) == "game");
  CHECK_FALSE(fixture.project().cmake_has_run());
}

TEST_CASE("Project takes in what changed when somebody else ran CMake") {
  ProjectFixture fixture;
  write_plain(fixture);
  fixture.configure();
  REQUIRE(fixture.load());
  fixture.write("CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.23)\nproject(p C)\n"
                "add_library(game SHARED game.c more.c)\n");
  fixture.write("more.c", "int more;\n");
  fixture.configure();
  fixture.project().notice({{fixture.path("game.c")}});
  fixture.project().notice({{fixture.built(".cmake/api/v1/reply/index-x.json")}});
  REQUIRE(fixture.wait_until([&] { return fixture.models().size() == 2; }));
  CHECK(owners_of(*fixture.models().back(), fixture.path("more.c")) == "game");
}

TEST_CASE("Project says what is wrong with a build folder, and how to mend it") {
  ProjectFixture fixture;
  write_plain(fixture);
  SECTION("none") {
    CHECK_FALSE(fixture.load());
    CHECK(fixture.failures().at(0).what == "there is no build in " + fixture.built("."));
  }
  SECTION("another generator: the command names this project") {
    fixture.configure("-G 'Unix Makefiles'");
    CHECK_FALSE(fixture.load());
    CHECK(fixture.failures().at(0).what == "hrwatch cannot build with Unix Makefiles");
    CHECK(fixture.failures().at(0).fix == "cmake -G Ninja -DCMAKE_BUILD_TYPE=Debug -S " +
                                              fixture.path(".") + " -B " + fixture.built(".") +
                                              "-ninja");
  }
  SECTION("another build type") {
    fixture.configure();
    fixture.open("Release");
    CHECK_FALSE(fixture.load());
    CHECK(fixture.failures().at(0).fix.find("-DCMAKE_BUILD_TYPE=Release") != std::string::npos);
  }
  SECTION("CMake fails") {
    fixture.configure();
    fixture.write("CMakeLists.txt",
                  "cmake_minimum_required(VERSION 3.23)\nproject(p C)\nnonsense(\n");
    CHECK_FALSE(fixture.load());
    CHECK(fixture.failures().at(0).what == "CMake failed");
    CHECK(fixture.failures().at(0).why.find("CMakeLists.txt:3") != std::string::npos);
    write_plain(fixture);
    CHECK(fixture.load());
  }
  SECTION("a damaged reply") {
    fixture.configure();
    REQUIRE(fixture.load());
    fixture.run("for f in build/.cmake/api/v1/reply/target-*; do echo '{' > $f; done");
    CHECK_FALSE(fixture.load());
    CHECK(fixture.failures().at(0).what == "cannot read what CMake says about the project");
  }
}

TEST_CASE("Project skips module files that are damaged or name nothing") {
  ProjectFixture fixture;
  write_plain(fixture);
  fixture.configure();
  fixture.write_module_file("gone", "libgone.so");
  fixture.write("build/.hrwatch/modules/half.json", "{\"name\": \"game\", ");
  fixture.write("build/.hrwatch/modules/odd.json", "[1, {\"target\": 7}]");
  const auto model = fixture.load();
  REQUIRE(model);
  CHECK_FALSE(target(*model, "game").hot);
}

TEST_CASE("Project starts over when load() is called during a load()") {
  ProjectFixture fixture;
  write_plain(fixture);
  fixture.configure();
  fixture.open();
  fixture.project().load();
  fixture.project().load();
  REQUIRE(fixture.load());
  CHECK(fixture.models().size() == 1);
}

TEST_CASE("Project ends CMake and all it started when it is destroyed") {
  ProjectFixture fixture;
  write_plain(fixture);
  fixture.configure();
  fixture.write("CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.23)\nproject(p C)\n"
                "execute_process(COMMAND sh -c \"echo $$ >" +
                    fixture.path("running") + "; exec sleep 1000\")\n");
  fixture.open();
  fixture.project().load();
  int child = 0;
  REQUIRE(fixture.wait_until([&] {
    std::ifstream file(fixture.path("running"));
    return static_cast<bool>(file >> child);
  }));
  fixture.close();
  CHECK(fixture.wait_until([&] { return kill(child, 0) != 0; }));
}
