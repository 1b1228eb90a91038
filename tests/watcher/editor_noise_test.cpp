#include "watcher/editor_noise.h"

#include "support/catch.h"

using hrwatch::watcher::is_editor_noise;

TEST_CASE("is_editor_noise knows what editors and copying programs leave around a save") {
  for (const char* name : {"4913",
                           "5036",
                           "game.cpp~",
                           ".game.cpp.swp",
                           ".game.cpp.swx",
                           ".game.cpp.swo",
                           ".game.cpp.swn",
                           "game.cpp.swp",
                           ".#game.cpp",
                           "#game.cpp#",
                           "sedAb3dEf",
                           "tmpx9Qz01",
                           "XXab12CD",
                           ".game.cpp.Ab3dEf",
                           ".goutputstream-4K2B81",
                           ".nfs000000000a1b2c3d",
                           "game.cpp___jb_tmp___",
                           "game.cpp___jb_old___",
                           "game.cpp.kate-swp",
                           "game.cpp.tmp",
                           ".~lock.table.csv#",
                           "game.cpp.un~"}) {
    INFO(name);
    CHECK(is_editor_noise(name));
  }
}

TEST_CASE("is_editor_noise leaves alone what people build from") {
  for (const char* name : {"game.cpp",   "game.h",
                           "4914.cpp",   "4914",
                           "491",        "CMakeLists.txt",
                           "sedan.cpp",  "tmp.cpp",
                           "template",   "tmpfile",
                           "#x",         "a.swc",
                           "XXL.cpp",    ".clang-format",
                           ".config.h",  "shader.frag",
                           "table.json", "index-2026-11-21T17-06-38-0907.json",
                           "sed.cpp",    "swap.s",
                           "gen.sh"}) {
    INFO(name);
    CHECK_FALSE(is_editor_noise(name));
  }
}
