// 06-entities as a user drives it: an editor and a game on one plugin, both reloaded by one tool;
// the blob; the profile switched. The release build says the same.
#include "support/catch.h"
#include "support/example.h"
#include "support/project.h"
#include "support/tool.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

const std::string folder = HR_TEST_EXAMPLES "/06-entities";

const std::string five_ticks =
    "~~><>~~~~~~~~~~~~~~~><>~~~~~~~@~~~~~~~~~\n"
    "~~~><>~~~~~~~~~~~~~~~~~><>~~~~@~~~~~~~~~\n"
    "~~~~><>~~~~~~~~~~~~~~~~~~~><>~~@~~~~~~~~\n"
    "~~~~~><>~~~~~~~~~~~~~~~~~~~~~><@~~~~~~~~\n"
    "~~~~~~><>~~~~~~~~~~~~~~~~~~~~~~@><>~~~~~\n";

// What the editor prints in answer to `commands`.
std::string edited(const Example& example, const std::string& program,
                   const std::string& commands) {
  example.folder().write("commands", commands);
  const Outcome outcome =
      run({.arguments = {"sh", "-c", program + " <commands"}, .folder = example.folder().path()});
  CHECK(outcome.status == 0);
  return outcome.output;
}

// One save for all of them.
bool edit(const Example& example, const std::vector<std::pair<std::string, std::string>>& changes) {
  std::string text = example.folder().read("pond.cpp");
  for (const auto& [from, to] : changes) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos)
      return false;
    text.replace(at, from.size(), to);
  }
  example.folder().write("pond.cpp", text);
  return true;
}

bool reloaded_in_both(const Tool& tool, std::size_t mark, const Child& one, const Child& other) {
  for (const Child* host : {&one, &other}) {
    if (!tool.wait("reloaded", mark, std::chrono::seconds(60),
                   [&](const Event& event) { return event["pid"] == host->pid(); }))
      return false;
  }
  return true;
}

std::unique_ptr<Child> start_editor(const Example& example) {
  return std::make_unique<Child>(
      ChildOptions{.arguments = {example.folder().path("build/pond_editor").string()},
                   .folder = example.folder().path(),
                   .terminal = true});
}

}  // namespace

TEST_CASE("06-entities: the same in each profile, which is switched at any time") {
  const Example example(folder);
  REQUIRE(example.make("hot"));
  REQUIRE(example.make("release"));
  CHECK(example.output("build/pond_game", {"pond.txt", "5"}) == five_ticks);
  CHECK(example.output("build/pond_game", {"--no-hot-reload", "pond.txt", "5"}) == five_ticks);
  CHECK(example.output("build-release/pond_game", {"pond.txt", "5"}) == five_ticks);

  const std::string commands =
      "add Fish\nset x=9 speed=2\nadd Whale\nchoose 0\nset speed=7\nsing\nwrite\n";
  const std::string before = example.folder().read("pond.txt");
  const std::string said = edited(example, "build/pond_editor", commands);
  CHECK(said.find("\n> Fish x=9 speed=2\n") != std::string::npos);
  CHECK(said.find("\nthere is no kind Whale\n") != std::string::npos);
  const std::string blob = example.folder().read("pond.txt");
  CHECK(blob == "Fish x=2 speed=7\nFish x=20 speed=3\nSnail x=30 wait=2\nFish x=9 speed=2\n");
  example.folder().write("pond.txt", before);
  CHECK(edited(example, "build-release/pond_editor", commands) == said);
  CHECK(example.folder().read("pond.txt") == blob);

  // In the same build folder, to and fro.
  const auto switch_to = [&](const std::string& mode) {
    return run({.arguments = {"cmake", "-DHRWATCH_MODE=" + mode, "build"},
                .folder = example.folder().path()})
                   .status == 0 &&
           example.build();
  };
  const std::string ticks = example.output("build/pond_game", {"pond.txt", "3"});
  REQUIRE(switch_to("STATIC"));
  std::filesystem::remove(example.folder().path("build/libpond.so"));
  CHECK(example.output("build/pond_game", {"pond.txt", "3"}) == ticks);
  REQUIRE(switch_to("AUTO"));
  CHECK(example.output("build/pond_game", {"pond.txt", "3"}) == ticks);
  const Tool tool(installed_tool(), {"--target", "pond"}, example.folder().path());
  REQUIRE(tool.wait("watching"));
  const auto game = example.start("build/pond_game");
  Listener listener(*game);
  CHECK(listener.hears("><>"));
  CHECK(example.folder().edit("pond.cpp", "\"><>\"", "\"<><\""));
  CHECK(listener.hears("<><"));
}

TEST_CASE("06-entities: editor and game keep their objects while one tool reloads both") {
  const Example example(folder);
  REQUIRE(example.make("hot"));
  const auto game = example.start("build/pond_game");
  const auto editor = start_editor(example);
  Listener in_game(*game), in_editor(*editor);
  const Tool tool(installed_tool(), {"--target", "pond"}, example.folder().path());
  INFO(tool.transcript());
  for (const Child* host : {game.get(), editor.get()})
    REQUIRE(tool.wait("app_joined", 0, std::chrono::seconds(30),
                      [&](const Event& event) { return event["pid"] == host->pid(); }));
  REQUIRE(tool.wait("watching"));
  editor->type("choose 1\nset speed=6\n");
  CHECK(in_editor.hears("> Fish x=20 speed=6"));

  // Another picture, in both.
  std::size_t mark = tool.mark();
  CHECK(example.folder().edit("pond.cpp", "\"><>\"", "\"><((o>\""));
  CHECK(in_editor.hears("~~><((o>~~~"));
  CHECK(in_game.hears("><((o>"));
  REQUIRE(reloaded_in_both(tool, mark, *game, *editor));

  // A field more: the objects have it where they are; the one the editor points to as well.
  mark = tool.mark();
  in_editor.forget();
  CHECK(edit(example, {{"FIELDS(Fish, x, speed)", "FIELDS(Fish, depth, x, speed)"},
                       {"  int speed = 1;", "  int depth = 5;\n  int speed = 1;"}}));
  REQUIRE(reloaded_in_both(tool, mark, *game, *editor));
  CHECK(in_editor.hears("  Fish depth=5 x=2 speed=1"));
  CHECK(in_editor.hears("> Fish depth=5 x=20 speed=6"));
  CHECK(tool.wait("reloaded", mark)->dump().find("\"2 Fish migrated\"") != std::string::npos);
  editor->type("set depth=9\n");
  CHECK(in_editor.hears("> Fish depth=9 x=20 speed=6"));
  in_game.forget();
  CHECK(in_game.hears("><((o>"));

  // A blob that was written before the field was there, and one from after.
  in_editor.forget();
  editor->type("open\n");
  CHECK(in_editor.hears("  Fish depth=5 x=20 speed=3"));
  editor->type("choose 0\nset depth=7\nwrite\n");
  CHECK(in_editor.hears("> Fish depth=7 x=2 speed=1"));
  CHECK(wait_until(
      [&] {
        return example.folder().read("pond.txt") ==
               "Fish depth=7 x=2 speed=1\nFish depth=5 x=20 speed=3\nSnail x=30 wait=2\n";
      },
      std::chrono::seconds(30)));

  // A kind more, and a virtual function more.
  mark = tool.mark();
  CHECK(edit(example, {{"// Every kind registers",
                        "struct Crab : Entity {\n"
                        "  FIELDS(Crab, x);\n"
                        "  int x = 11;\n"
                        "  void update() override {}\n"
                        "  void draw(std::string& w) const override { put(w, x, \"V\"); }\n"
                        "};\n\n// Every kind registers"},
                       {"static const bool snail",
                        "static const bool crab = kinds().emplace(\"Crab\", make<Crab>).second;\n"
                        "static const bool snail"},
                       {"struct Snail : Entity {",
                        "struct Snail : Entity {\n"
                        "  virtual const char* shape() const { return \"6\"; }"},
                       {"put(water, x, \"@\")", "put(water, x, shape())"}}));
  REQUIRE(reloaded_in_both(tool, mark, *game, *editor));
  in_game.forget();
  CHECK(in_game.hears("6"));
  editor->type("add Crab\n");
  CHECK(in_editor.hears("> Crab x=11"));
  CHECK(in_editor.hears("~~~V~~~"));

  // The field goes again: the blob that has it is read without it.
  mark = tool.mark();
  CHECK(edit(example, {{"FIELDS(Fish, depth, x, speed)", "FIELDS(Fish, x, speed)"},
                       {"  int depth = 5;\n", ""}}));
  REQUIRE(reloaded_in_both(tool, mark, *game, *editor));
  in_editor.forget();
  editor->type("open\n");
  CHECK(in_editor.hears("  Fish x=2 speed=1"));
  CHECK(tool.count("refused") == 0);
  CHECK(game->running());
  CHECK(editor->running());
}

TEST_CASE("06-entities: the game starts anew with its pond, and the editor stays as it was") {
  const Example example(folder);
  REQUIRE(example.make("hot"));
  const auto editor = start_editor(example);
  Listener in_editor(*editor);
  Tool tool(installed_tool(), {"--target", "pond_game", "--run"}, example.folder().path());
  INFO(tool.transcript());
  const auto shows = [&](const std::string& words, std::size_t from) {
    return wait_until(
        [&] { return tool.process().errors().find(words, from) != std::string::npos; },
        std::chrono::seconds(60));
  };
  CHECK(shows("~><>~", 0));
  CHECK(in_editor.hears("Snail"));
  REQUIRE(tool.wait("app_joined", 0, std::chrono::seconds(30),
                    [&](const Event& event) { return event["pid"] == editor->pid(); }));

  // What it starts with now can't have come from the file.
  example.folder().write("pond.txt", "");
  const std::size_t mark = tool.mark();
  CHECK(example.folder().edit("pond.h", "  virtual void update() = 0;",
                              "  virtual int price() const { return 1; }\n"
                              "  virtual void update() = 0;"));
  REQUIRE(tool.wait("relaunched", mark, std::chrono::seconds(60)));
  CHECK(shows("~><>~", tool.process().errors().size()));
  const auto refused = tool.wait("refused", mark, std::chrono::seconds(30),
                                 [&](const Event& event) { return event["pid"] == editor->pid(); });
  REQUIRE(refused);
  CHECK((*refused)["reason"].get<std::string>().find("virtual functions of Entity changed") !=
        std::string::npos);
  in_editor.forget();
  editor->type("choose 0\n");
  CHECK(in_editor.hears("> Fish x=2 speed=1"));
}

}  // namespace hrwatch::tests
