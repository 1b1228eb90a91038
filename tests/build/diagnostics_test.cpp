#include "build/diagnostics.h"

#include "build/output_reader.h"
#include "support/catch.h"

namespace {

using hrwatch::build::explain_ninja;
using hrwatch::build::OutputReader;
using hrwatch::build::parse_diagnostics;

auto parse(std::string_view output) {
  return parse_diagnostics(output, "/p/build", "/p");
}

TEST_CASE("diagnostics: g++ and clang, with the column") {
  const auto found = parse(
      "/p/a.cpp: In function 'void f()':\n"
      "/p/a.cpp:12:5: error: expected ';' before '}' token\n"
      "   12 |   x\n"
      "../b.h:3:1: warning: unused variable 'y' [-Wunused-variable]\n"
      "/p/a.cpp:2:10: fatal error: gone.h: No such file or directory\n");
  REQUIRE(found.size() == 3);
  CHECK(found[0].file == "/p/a.cpp");
  CHECK(found[0].line == 12);
  CHECK(found[0].column == 5);
  CHECK(found[0].severity == "error");
  CHECK(found[0].message == "expected ';' before '}' token");
  CHECK(found[1].file == "/p/build/../b.h");
  CHECK(found[1].severity == "warning");
  CHECK(found[2].severity == "error");
}

TEST_CASE("diagnostics: paths with drives, lines that end as Windows ends them") {
  const auto found = parse_diagnostics(
      "C:/p/a.cpp:1:37: error: use of undeclared identifier 'missing'\r\n"
      "    1 | int f() { return missing; }\r\n"
      "..\\b.h:3:1: warning: unused variable 'y'\r\n"
      "C:\\p\\c.cpp:2:1: error: expected expression\r\n"
      "lld-link: error: undefined symbol: gone()\r\n"
      ">>> referenced by C:\\p\\a.cpp:7\r\n"
      ">>>               CMakeFiles/game.dir/a.cpp.obj:(step)\r\n",
      "C:/p/build", "C:/p", 100);
  REQUIRE(found.size() == 4);
  CHECK(found[0].file == "C:/p/a.cpp");
  CHECK(found[0].line == 1);
  CHECK(found[0].column == 37);
  CHECK(found[0].message == "use of undeclared identifier 'missing'");
  CHECK(found[1].file == "C:/p/build/../b.h");
  CHECK(found[2].file == "C:/p/c.cpp");
  CHECK(found[3].message == "undefined symbol: gone()");
  CHECK(found[3].file == "C:/p/a.cpp");
  CHECK(found[3].line == 7);
}

TEST_CASE("diagnostics: a source that is gone, and a compiler that was killed") {
  const auto found = parse(
      "cc1plus: fatal error: /p/gone.cpp: No such file or directory\n"
      "clang: error: no such file or directory: '/p/lost.c'\n"
      "/usr/bin/x86_64-linux-gnu-g++-12: fatal error: Killed signal terminated program cc1plus\n"
      "clang: error: linker command failed with exit code 1 (use -v to see invocation)\n");
  REQUIRE(found.size() == 3);
  CHECK(found[0].file == "/p/gone.cpp");
  CHECK(found[1].file == "/p/lost.c");
  CHECK(found[2].file.empty());
  CHECK(found[2].message == "Killed signal terminated program cc1plus");
}

TEST_CASE("diagnostics: colours are no part of the text") {
  const auto found =
      parse("\x1b[01m\x1b[K/p/a.cpp:1:2:\x1b[m\x1b[K \x1b[01;31m\x1b[Kerror: \x1b[m\x1b[Kno\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].file == "/p/a.cpp");
  CHECK(found[0].message == "no");
}

TEST_CASE("diagnostics: linkers") {
  const auto gnu =
      parse("/usr/bin/ld: a.o: in function `f':\n/p/a.cpp:7: undefined reference to `g()'\n");
  REQUIRE(gnu.size() == 1);
  CHECK(gnu[0].line == 7);
  CHECK(gnu[0].message == "undefined reference to `g()'");
  const auto lld = parse(
      "ld.lld: error: undefined symbol: g()\n"
      ">>> referenced by a.cpp:7 (/p/a.cpp:7)\n>>>               a.o:(f())\n");
  REQUIRE(lld.size() == 1);
  CHECK(lld[0].file == "/p/a.cpp");
  CHECK(lld[0].line == 7);
  CHECK(lld[0].message == "undefined symbol: g()");
  const auto missing = parse("/usr/bin/ld: cannot find -lnope: No such file or directory\n");
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].severity == "error");
}

TEST_CASE("diagnostics: CMake names its own file") {
  const auto found = parse(
      "CMake Error at CMakeLists.txt:5 (add_executable):\n  Cannot find source file:\n\n    "
      "x.cpp\n\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].file == "/p/CMakeLists.txt");
  CHECK(found[0].line == 5);
  CHECK(found[0].message == "Cannot find source file:");
}

TEST_CASE("diagnostics: a source that was deleted") {
  const auto found = parse(
      "ninja: error: '/p/gone.cpp', needed by 'game.o', missing and no known rule to make it\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].file == "/p/gone.cpp");
}

TEST_CASE("diagnostics: their number is bounded, and long lines are no danger") {
  std::string many;
  for (int i = 0; i < 500; ++i) {
    many += "/p/a.cpp:1:1: error: x\n";
  }
  CHECK(parse(many).size() == 100);
  CHECK(parse(std::string(5'000'000, 'x')).empty());
}

TEST_CASE("ninja: why it did not begin") {
  const auto why = [](std::string_view output) {
    return explain_ninja(output, "/p/build", "/p");
  };
  CHECK(why("ninja: error: loading 'build.ninja': No such file or directory\n"));
  CHECK(why("ninja: error: unknown target 'x', did you mean 'y'?\n"));
  CHECK(why(
      "ninja: fatal: ninja version (1.8) incompatible with build file ninja_required_version\n"));
  CHECK_FALSE(why("FAILED: a.o\nninja: build stopped: subcommand failed.\n"));
}

TEST_CASE("ninja's output: marks become progress, the rest passes through unchanged") {
  int done = 0;
  int total = 0;
  std::string text;
  OutputReader reader({[&](int d, int t) {
                         done = d;
                         total = t;
                       },
                       [&](std::string_view line) {
                         text += line;
                       }});
  reader.feed(
      "ninja: Entering directory `/p'\n\x1e"
      "2/7\x1e Building a");
  CHECK(total == 0);
  reader.feed(".o\n\xff raw\nlast");
  CHECK(done == 2);
  CHECK(total == 7);
  reader.finish();
  CHECK(text == "ninja: Entering directory `/p'\n\xff raw\nlast\n");
}

TEST_CASE("ninja's output: nothing to do is known and not shown") {
  std::string text;
  OutputReader reader({[](int, int) {},
                       [&](std::string_view line) {
                         text += line;
                       }});
  reader.feed("ninja: Entering directory `/p'\nninja: no work to do.\n");
  reader.finish();
  CHECK(reader.no_work());
  CHECK(text.empty());
}

}  // namespace
