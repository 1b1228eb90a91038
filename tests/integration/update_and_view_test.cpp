// 05-update-and-view as a user drives it: its two modules are reloaded, what it shares with them
// starts it again with its state, and the release build is one program that says the same.
#include <map>
#include <regex>

#include "support/catch.h"
#include "support/example.h"
#include "support/project.h"
#include "support/tool.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

// The rows by frame, whatever the fireflies look like in them. A frame that comes twice is there
// as it was first.
std::map<int, std::string> rows_of(const std::string& text) {
  std::map<int, std::string> rows;
  const std::regex line(R"((\d+) \|([^|\n]*)\|)");
  for (std::sregex_iterator at(text.begin(), text.end(), line), end; at != end; ++at) {
    std::string row = (*at)[2];
    for (char& letter : row) {
      const std::size_t look = std::string(",xX").find(letter);
      letter = look != std::string::npos ? ".o*"[look] : letter;
    }
    rows.emplace(std::stoi((*at)[1]), row);
  }
  return rows;
}

std::string text_of(const Child& program) {
  std::string text = program.errors();
  for (const std::string& line : program.lines())
    text += line + "\n";
  return text;
}

// Frame `frame` has been seen.
bool reaches(const Child& program, int frame) {
  return wait_until(
      [&] {
        const auto rows = rows_of(text_of(program));
        return !rows.empty() && rows.rbegin()->first >= frame;
      },
      std::chrono::seconds(60));
}

int last_frame(const Child& program) {
  const auto rows = rows_of(text_of(program));
  return rows.empty() ? 0 : rows.rbegin()->first;
}

bool is_of(const Event& event, const std::string& module) {
  return event["module"] == module;
}

}  // namespace

TEST_CASE("05-update-and-view: every build says the same, and the release build is one program") {
  const Example example(HR_TEST_EXAMPLES "/05-update-and-view");
  REQUIRE(example.make("hot"));
  REQUIRE(example.make("release"));
  const std::string expected = example.output("build/fireflies", {"50"});
  CHECK(rows_of(expected).size() == 50);
  CHECK(example.output("build/fireflies", {"50", "--no-hot-reload"}) == expected);
  CHECK(example.output("build-release/fireflies", {"50"}) == expected);
  const Outcome needs =
      run({.arguments = {"ldd", example.folder().path("build-release/fireflies").string()}});
  INFO(needs.output);
  CHECK(needs.status == 0);
  for (const char* library : {"libhr", "update", "view", "meadow"})
    CHECK(needs.output.find(library) == std::string::npos);
}

TEST_CASE("05-update-and-view: both modules are reloaded, and nothing else notices") {
  const Example example(HR_TEST_EXAMPLES "/05-update-and-view");
  REQUIRE(example.make("hot"));
  const auto undisturbed = rows_of(example.output("build/fireflies", {"3000"}));
  const auto program = example.start("build/fireflies");
  Tool tool(installed_tool(), {"--target", "fireflies"}, example.folder().path());
  REQUIRE(tool.wait("app_joined"));
  INFO(tool.transcript());
  std::size_t mark = tool.mark();
  CHECK(example.folder().edit("view.cpp", " .o*", " ,xX"));
  CHECK(tool.wait("reloaded", mark, std::chrono::seconds(60),
                  [](const Event& event) { return is_of(event, "view"); }));
  Listener listener(*program);
  CHECK(listener.hears("X"));

  // Other code that does the same: the generator goes on where it was.
  mark = tool.mark();
  CHECK(example.folder().edit("update.cpp", "++firefly.age;",
                              "firefly.age = firefly.age < 0 ? 0 : firefly.age + 1;"));
  CHECK(tool.wait("reloaded", mark, std::chrono::seconds(60),
                  [](const Event& event) { return is_of(event, "update"); }));
  CHECK(reaches(*program, last_frame(*program) + 20));
  CHECK(tool.count("refused") == 0);
  for (const auto& [frame, row] : rows_of(text_of(*program))) {
    INFO(frame);
    CHECK(undisturbed.at(frame) == row);
  }
}

TEST_CASE("05-update-and-view: what the modules share starts it again, where it was") {
  const Example example(HR_TEST_EXAMPLES "/05-update-and-view");
  REQUIRE(example.make("hot"));
  Tool tool(installed_tool(), {"--target", "fireflies", "--run"}, example.folder().path());
  REQUIRE(tool.wait("app_joined"));
  INFO(tool.transcript());
  const std::map<std::string, std::pair<std::string, std::string>> edits = {
      {"meadow.cpp", {"age % 20", "age % 15"}},
      {"main.cpp", {"milliseconds(100)", "milliseconds(50)"}},
      {"meadow.h", {"  int age = 0;", "  int colour = 3;\n  int age = 0;"}}};
  for (const auto& [file, words] : edits) {
    INFO(file);
    CHECK(reaches(tool.process(), last_frame(tool.process()) + 5));
    const std::size_t mark = tool.mark();
    CHECK(example.folder().edit(file, words.first, words.second));
    const auto relaunched = tool.wait("relaunched", mark, std::chrono::seconds(60));
    REQUIRE(relaunched);
    CHECK((*relaunched)["reason"].get<std::string>().find(file) != std::string::npos);
    REQUIRE(tool.wait("app_joined", mark));
    CHECK(tool.count("reloaded", mark) == 0);
    CHECK(tool.count("unchanged", mark) == 0);
  }
  CHECK(reaches(tool.process(), last_frame(tool.process()) + 5));
  const std::string text = text_of(tool.process());
  CHECK(text.find("    1 |") == text.rfind("    1 |"));
}

}  // namespace hrwatch::tests
