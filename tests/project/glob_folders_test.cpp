#include "project/glob_folders.h"

#include "support/catch.h"

using hrwatch::project::glob_folders;
using hrwatch::project::GlobFolder;

TEST_CASE("glob_folders finds the folders of CMake's glob checks") {
  const char* text =
      "# CMAKE generated file: DO NOT EDIT!\n"
      "cmake_policy(SET CMP0009 NEW)\n"
      "\n"
      "# h at CMakeLists.txt:10 (file)\n"
      "file(GLOB NEW_GLOB LIST_DIRECTORIES true \"/p/inc/*.h\")\n"
      "set(OLD_GLOB\n"
      "  \"/p/inc/a.h\"\n"
      "  )\n"
      "file(GLOB_RECURSE NEW_GLOB LIST_DIRECTORIES false \"/p/src/*.c\")\n"
      "file(GLOB NEW_GLOB LIST_DIRECTORIES true RELATIVE \"/p\" \"/p/plugins/*/main.c\")\n"
      "file(GLOB NEW_GLOB LIST_DIRECTORIES true \"/p/inc/*.hpp\")\n"
      "file(TOUCH_NOCREATE \"/b/CMakeFiles/cmake.verify_globs\")\n";
  CHECK(glob_folders(text) ==
        std::vector<GlobFolder>{{"/p/inc", false}, {"/p/src", true}, {"/p/plugins", true}});
}

TEST_CASE("glob_folders survives damaged text") {
  CHECK(glob_folders("").empty());
  CHECK(glob_folders("file(GLOB ").empty());
  CHECK(glob_folders("file(GLOB \")").empty());
  CHECK(glob_folders("file(GLOB NEW_GLOB \"relative/*.c\")").empty());
}
