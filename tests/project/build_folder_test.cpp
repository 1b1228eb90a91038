#include <filesystem>

#include "project/project_fixture.h"
#include "support/catch.h"

using hrwatch::project::find_build_folder;
using hrwatch::test::ProjectFixture;
namespace fs = std::filesystem;

TEST_CASE("find_build_folder looks in the usual places, from where the user stands") {
  ProjectFixture fixture;
  fixture.write("build/CMakeCache.txt", "");
  fixture.write("src/deep/a.c", "");
  for (const char* place : {".", "build", "src/deep"}) {
    INFO(place);
    const auto found = find_build_folder(fixture.path(place));
    REQUIRE(found.ok());
    CHECK(found.value() == fixture.path("build"));
  }
}

TEST_CASE("find_build_folder prefers the build folder with hot modules") {
  ProjectFixture fixture;
  fixture.write("build/debug/CMakeCache.txt", "");
  fixture.write("build/release/CMakeCache.txt", "");
  fixture.write("cmake-build-x/CMakeCache.txt", "");
  const auto several = find_build_folder(fixture.path("."));
  REQUIRE_FALSE(several.ok());
  CHECK(several.failure().fix.find("--build-dir ") != std::string::npos);
  fixture.write("build/debug/.hrwatch/modules/game.json", "{}");
  const auto found = find_build_folder(fixture.path("."));
  REQUIRE(found.ok());
  CHECK(found.value() == fixture.path("build/debug"));
}

TEST_CASE("find_build_folder says how to make one") {
  ProjectFixture fixture;
  fs::create_directories(fixture.path("src"));
  const auto found = find_build_folder(fixture.path("src"));
  REQUIRE_FALSE(found.ok());
  CHECK(found.failure().fix.find("cmake -G Ninja") != std::string::npos);
}
