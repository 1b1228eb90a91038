#include "project/path_rules.h"

#include "support/catch.h"

using namespace hrwatch::project;

TEST_CASE("absolute_path normalises by name") {
  CHECK(absolute_path("a.c", "/p/src") == "/p/src/a.c");
  CHECK(absolute_path("/p/./src//a.c", "/x") == "/p/src/a.c");
  CHECK(absolute_path("../inc/h.h", "/p/src") == "/p/inc/h.h");
  CHECK(absolute_path("/p/src/../../q/h.h", "/x") == "/q/h.h");
  CHECK(absolute_path("../../../..", "/p") == "/");
  CHECK(absolute_path(".", "/p/src") == "/p/src");
  CHECK(absolute_path("..a/b..", "/p") == "/p/..a/b..");
}

TEST_CASE("absolute_path keeps drives, and takes Windows' own spelling there") {
  CHECK(absolute_path("a.c", "C:/p/src") == "C:/p/src/a.c");
  CHECK(absolute_path("D:/x/../y/a.h", "C:/p") == "D:/y/a.h");
  CHECK(absolute_path("..\\inc\\h.h", "C:/p/src") == "C:/p/inc/h.h");
  CHECK(absolute_path("/x/h.h", "C:/p") == "C:/x/h.h");
  CHECK(absolute_path("a\\b.c", "/p") == "/p/a\\b.c");
}

TEST_CASE("folder_of gives the folder part") {
  CHECK(folder_of("/p/src/a.c") == "/p/src");
  CHECK(folder_of("/a.c") == "/");
}

TEST_CASE("PathRules with the build folder inside the source folder") {
  const PathRules rules("/p", "/p/build");
  CHECK(rules.of_user("/p/src/a.c"));
  CHECK(rules.of_user("/p/build.c"));
  CHECK(rules.of_user("/p/buildings/a.c"));
  CHECK(rules.made_by_build("/p/build/gen.c"));
  CHECK(rules.of_user("/outside/lib/h.h"));
}

TEST_CASE("PathRules with the source folder inside the build folder") {
  const PathRules rules("/b/src", "/b");
  CHECK(rules.of_user("/b/src/a.c"));
  CHECK(rules.made_by_build("/b/gen.c"));
  CHECK(rules.made_by_build("/b/CMakeFiles/x.h"));
}

TEST_CASE("PathRules with one folder for both") {
  const PathRules rules("/p", "/p");
  CHECK(rules.of_user("/p/a.c"));
  CHECK(rules.of_user("/p/sub/a.c"));
  CHECK(rules.made_by_build("/p/CMakeFiles/game.dir/cmake_pch.hxx"));
  CHECK(rules.made_by_build("/p/sub/CMakeFiles/x.dir/y.h"));
  CHECK(rules.made_by_build("/p/.hrwatch/modules/game.json"));
  CHECK(rules.made_by_build("/p/game_autogen/moc.cpp"));
}

TEST_CASE("PathRules knows what belongs to the system") {
  const PathRules rules("/home/me/p", "/home/me/p/build", {"/home/me/toolchain/include"});
  CHECK(rules.of_system("/usr/include/stdio.h"));
  CHECK(rules.of_system("/opt/gcc/include/vector"));
  CHECK(rules.of_system("/home/me/toolchain/include/c++/vector"));
  CHECK_FALSE(rules.of_system("/home/me/toolchain/included.h"));
  CHECK_FALSE(rules.of_system("/usrlocal/h.h"));
  const PathRules inside("/opt/work/p", "/opt/work/p/build");
  CHECK(inside.of_user("/opt/work/p/src/a.c"));
  CHECK(inside.of_system("/opt/other/h.h"));
}
