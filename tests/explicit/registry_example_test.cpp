// 04-api-registry as a user drives it: each plugin is built anew while the other one keeps the
// address of its struct; what is refused changes nothing; the release build says the same.
#include <algorithm>

#include "support/catch.h"
#include "support/example.h"
#include "support/project.h"
#include "support/tool.h"

namespace hrwatch::tests {

namespace {

std::vector<std::string> rows_of(const std::string& text) {
  std::vector<std::string> rows;
  std::string row;
  for (const char letter : text) {
    if (letter != '\n') {
      row += letter;
      continue;
    }
    rows.push_back(row);
    row.clear();
  }
  return rows;
}

int width_of(const std::string& row) {
  return static_cast<int>(std::count(row.begin(), row.end(), '~'));
}

// Twice the column in the middle of the water.
int middle_of(const std::string& row) {
  return 2 * static_cast<int>(row.find('~')) + width_of(row);
}

// Row for row the river is where it is in `undisturbed`, however wide and whatever grows beside it.
bool same_course(const std::vector<std::string>& rows,
                 const std::vector<std::string>& undisturbed) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i >= undisturbed.size() || middle_of(rows[i]) != middle_of(undisturbed[i]))
      return false;
  }
  return !rows.empty();
}

}  // namespace

TEST_CASE("04-api-registry: every build says the same") {
  const Example example(HR_TEST_EXAMPLES "/04-api-registry");
  REQUIRE(example.make("hot"));
  REQUIRE(example.make("release"));
  const std::string expected = example.output("build/river", {"12"});
  CHECK(rows_of(expected).size() == 12);
  CHECK(width_of(rows_of(expected).back()) == 9);
  CHECK(example.output("build/river", {"12", "--no-hot-reload"}) == expected);
  CHECK(example.output("build-release/river", {"12"}) == expected);
}

TEST_CASE("04-api-registry: plugins are replaced under their clients") {
  const Example example(HR_TEST_EXAMPLES "/04-api-registry");
  REQUIRE(example.make("hot"));
  const auto undisturbed = rows_of(example.output("build/river", {"3000"}));
  const auto program = example.start("build/river");
  Listener listener(*program);
  CHECK(listener.hears("  ~~~~~~~~~  "));

  // The painter is not built, and yet it paints what the new water says.
  CHECK(example.folder().edit("water.c", "return 9;", "return 15;"));
  CHECK(example.build());
  CHECK(listener.hears("water: 15 wide, was 9\n"));
  CHECK(listener.hears("water: load 1\n"));
  CHECK(listener.hears("~~~~~~~~~~~~~~~"));

  // The other one, built by hrwatch at the save.
  {
    Tool tool(installed_tool(), {"--target", "river"}, example.folder().path());
    CHECK(tool.wait("watching"));
    CHECK(example.folder().edit("painter.c", "'^'", "'*'"));
    CHECK(listener.hears("painter: load 1\n"));
    CHECK(listener.hears("*"));
  }

  // The new code does not want to go live.
  CHECK(example.folder().edit("water.c", "return 15;", "return 40;"));
  CHECK(example.build());
  CHECK(listener.hears("water: 40 wide, was 15\nwater: that is no river\n"));
  CHECK(
      listener.hears("libwater.so was not taken in\n    why: the program's load hook returned 0"));
  // What it publishes is not there.
  CHECK(example.folder().edit("water.c", "return 40;", "return 11;"));
  CHECK(example.folder().edit("water.c",
                              "struct water_api water_api =", "struct water_api other_api ="));
  CHECK(example.build());
  CHECK(listener.hears("libwater.so has no object water_api\n    why: the program binds it"));
  listener.forget();
  CHECK(listener.hears("~~~~~~~~~~~~~~~"));

  // Mended, and with one function more, which the painter calls.
  CHECK(example.folder().edit("water.c", "struct water_api other_api = {flow, left, width}",
                              "struct water_api water_api = {flow, left, width, foam}"));
  CHECK(
      example.folder().edit("water.c", "static int left(void)",
                            "static int foam(void) {\n  return '=';\n}\n\nstatic int left(void)"));
  CHECK(example.folder().edit("water.h", "int (*width)(void);",
                              "int (*width)(void);\n  int (*foam)(void);"));
  CHECK(example.build());
  CHECK(listener.hears("water: 11 wide, was 15\n"));
  CHECK(listener.hears("water: load 2\n"));
  CHECK(listener.hears("painter: load 2\n"));
  CHECK(same_course(program->lines(), undisturbed));
  CHECK(example.folder().edit("painter.c", "right ? '~'", "right ? water->foam()"));
  CHECK(example.build());
  CHECK(listener.hears("==========="));

  // A struct that its clients know loses a function.
  CHECK(example.folder().edit("painter.c", "right ? water->foam()", "right ? '~'"));
  CHECK(example.folder().edit("water.h", "  int (*foam)(void);\n", ""));
  CHECK(example.folder().edit("water.c", "width, foam}", "width}"));
  CHECK(example.build());
  CHECK(listener.hears("the table water_api in "));
  CHECK(listener.hears("it has 24 bytes, and the program reads 32"));
  CHECK(program->running());
}

}  // namespace hrwatch::tests
