// The examples of the explicit mode, as a user drives them: build, run, edit, build, break, mend;
// the release build says the same.
#include <regex>

#include "support/catch.h"
#include "support/example.h"
#include "support/project.h"
#include "support/tool.h"

namespace hrwatch::tests {

namespace {

// Where old code runs on: each number once, one after the other.
bool numbers_go_on(const std::string& text) {
  int last = 0;
  const std::regex line("(\\d+) is ");
  for (std::sregex_iterator at(text.begin(), text.end(), line), end; at != end; ++at) {
    const int number = std::stoi((*at)[1]);
    if (number != last + 1)
      return false;
    last = number;
  }
  return last > 0;
}

std::string lines_of(const Child& program) {
  std::string text;
  for (const std::string& line : program.lines())
    text += line + "\n";
  return text;
}

}  // namespace

TEST_CASE("03-plain-c-plugin") {
  const Example example(HR_TEST_EXAMPLES "/03-plain-c-plugin");
  REQUIRE(example.make("hot"));
  REQUIRE(example.make("release"));
  const std::string expected = "1 is odd\n2 is even\n3 is odd\n4 is even\n";
  CHECK(example.output("build/numbers", {"4"}) == expected);
  CHECK(example.output("build/numbers", {"4", "--no-hot-reload"}) == expected);
  CHECK(example.output("build-release/numbers", {"4"}) == expected);

  const auto program = example.start("build/numbers");
  Listener listener(*program);
  CHECK(listener.hears("2 is even"));
  SECTION("built by hand") {
    CHECK(example.folder().edit("plugin.c", "\"even\"", "\"EVEN\""));
    CHECK(example.build());
    CHECK(listener.hears("is EVEN"));
  }
  SECTION("built by hrwatch at the save") {
    Tool tool(installed_tool(), {"--target", "plugin", "--build-dir", "build"},
              example.folder().path());
    CHECK(tool.wait("watching"));
    CHECK(example.folder().edit("plugin.c", "\"even\"", "\"EVEN\""));
    CHECK(listener.hears("is EVEN"));
  }
  CHECK(listener.hears("plugin: load 1"));

  // A name goes: what, why and fix are shown, and both functions stay.
  CHECK(example.folder().edit("plugin.c", "plugin_text(int number)", "plugin_words(int number)"));
  CHECK(example.build());
  CHECK(listener.hears("libplugin.so has no function plugin_text\n    why: the program binds it"));
  CHECK(listener.hears("\n    fix: export it"));
  listener.forget();
  CHECK(listener.hears("is EVEN"));

  // It can't even be loaded.
  CHECK(example.folder().edit("plugin.c", "return number + 1",
                              "int no_such(int); return no_such(number)"));
  CHECK(example.build());
  CHECK(listener.hears("libplugin.so can't be loaded\n    why: "));
  CHECK(listener.hears("undefined symbol: no_such"));
  listener.forget();
  CHECK(listener.hears("is EVEN"));

  CHECK(example.folder().edit("plugin.c", "int no_such(int); return no_such(number)",
                              "return number + 1"));
  CHECK(example.folder().edit("plugin.c", "plugin_words(int number)", "plugin_text(int number)"));
  CHECK(example.folder().edit("plugin.c", "\"odd\"", "\"ODD\""));
  CHECK(example.build());
  CHECK(listener.hears("is ODD"));
  CHECK(program->running());
  CHECK(numbers_go_on(lines_of(*program)));
}

TEST_CASE("07-atomic-swap") {
  const Example example(HR_TEST_EXAMPLES "/07-atomic-swap");
  REQUIRE(example.make("hot"));
  REQUIRE(example.make("release"));
  const std::string expected =
      "state: ok\n1 encoded is 1008; 0 mixed\nthousands of rounds, 0 mixed\n";
  CHECK(example.output("build/swap", {"1"}) == expected);
  CHECK(example.output("build/swap", {"1", "--no-hot-reload"}) == expected);
  CHECK(example.output("build-release/swap", {"1"}) == expected);

  const auto program = example.start("build/swap");
  Listener listener(*program);
  CHECK(listener.hears("1 encoded is 1008; 0 mixed"));
  CHECK(example.folder().edit("cipher.cpp", "key = 1000", "key = 2000"));
  CHECK(example.build());
  CHECK(listener.hears("state: loading\nstate: ok\ncallback: cipher was swapped, load 1\n"));
  CHECK(listener.hears("1 encoded is 2008; 0 mixed"));

  // Broken: it is rolled back before any thread has seen it.
  listener.forget();
  CHECK(example.folder().edit("cipher.cpp", "(value - 7)", "(value - 8)"));
  CHECK(example.build());
  CHECK(listener.hears("state: loading\ncheck: 0 comes back as"));
  CHECK(listener.hears("state: error\ncallback: rolled back: "));
  CHECK(listener.hears("why: the program's load hook returned 0"));
  CHECK(listener.hears("1 encoded is 2008; 0 mixed"));

  listener.forget();
  CHECK(example.folder().edit("cipher.cpp", "(value - 8)", "(value - 7)"));
  CHECK(example.folder().edit("cipher.cpp", "key = 2000", "key = 3000"));
  CHECK(example.build());
  CHECK(listener.hears("callback: cipher was swapped, load 2"));
  CHECK(listener.hears("1 encoded is 3008; 0 mixed"));
  CHECK(program->running());
}

}  // namespace hrwatch::tests
