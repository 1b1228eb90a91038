#include "project/ninja_deps.h"

#include <string>
#include <vector>

#include "support/catch.h"

using namespace hrwatch::project;

namespace {

const std::string text =
    "CMakeFiles/game.dir/src/a.c.o: #deps 3, deps mtime 1795280798980594850 (VALID)\n"
    "    /p/src/a.c\n"
    "    /usr/include/stdc-predef.h\n"
    "    ../inc/with blank: and colon.h\n"
    "\n"
    "sub/CMakeFiles/old.dir/b.c.o: deps not found\n"
    "\n"
    "CMakeFiles/app.dir/m.c.o: #deps 1, deps mtime 1 (STALE)\n"
    "    /p/m.c\n"
    "\n";

std::vector<std::string> parse(std::size_t piece) {
  std::vector<std::string> pairs;
  NinjaDepsParser parser([&](std::string_view output, std::string_view dependency) {
    pairs.push_back(std::string(output) + " <- " + std::string(dependency));
  });
  for (std::size_t at = 0; at < text.size(); at += piece) {
    parser.feed(std::string_view(text).substr(at, piece));
  }
  parser.finish();
  return pairs;
}

}  // namespace

TEST_CASE("NinjaDepsParser reads what ninja prints, however it is cut") {
  const std::vector<std::string> expected = {
      "CMakeFiles/game.dir/src/a.c.o <- /p/src/a.c",
      "CMakeFiles/game.dir/src/a.c.o <- /usr/include/stdc-predef.h",
      "CMakeFiles/game.dir/src/a.c.o <- ../inc/with blank: and colon.h",
      "CMakeFiles/app.dir/m.c.o <- /p/m.c",
  };
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, text.size()}) {
    INFO("pieces of " << piece);
    CHECK(parse(piece) == expected);
  }
}

TEST_CASE("NinjaDepsParser takes a last line without its newline") {
  int pairs = 0;
  NinjaDepsParser parser([&](std::string_view, std::string_view) { ++pairs; });
  parser.feed("a.o: #deps 1, deps mtime 1 (VALID)\n    /p/a.c");
  CHECK(pairs == 0);
  parser.finish();
  CHECK(pairs == 1);
}

TEST_CASE("NinjaDepsParser skips what belongs to no object") {
  int pairs = 0;
  NinjaDepsParser parser([&](std::string_view, std::string_view) { ++pairs; });
  parser.feed("ninja: warning: something\n    /p/a.c\n\xff\xfe\n\n    \n");
  parser.finish();
  CHECK(pairs == 0);
}

TEST_CASE("target_of_object names the CMake target of an object") {
  CHECK(target_of_object("CMakeFiles/game.dir/src/a.c.o") == "game");
  CHECK(target_of_object("sub/deep/CMakeFiles/my-lib.x.dir/a.c.o") == "my-lib.x");
  CHECK(target_of_object("CMakeFiles/game.dir/__/outside/a.c.o") == "game");
  CHECK(target_of_object("/b/CMakeFiles/game.dir/a.c.o") == "game");
  CHECK(target_of_object("MyCMakeFiles/game.dir/a.c.o").empty());
  CHECK(target_of_object("CMakeFiles/game").empty());
  CHECK(target_of_object("gen/table.h").empty());
  CHECK(target_of_object("").empty());
}

TEST_CASE("target_of_object leaves out other configurations") {
  CHECK(target_of_object("CMakeFiles/game.dir/Debug/a.c.o", "Debug") == "game");
  CHECK(target_of_object("CMakeFiles/game.dir/Release/a.c.o", "Debug").empty());
  CHECK(target_of_object("CMakeFiles/game.dir/Debugger/a.c.o", "Debug").empty());
}
