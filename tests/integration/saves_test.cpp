// How editors and other programs save: the right number of builds, one reload each, and never a
// half-written source taken for a whole one.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <functional>

#include "support/catch.h"
#include "support/project.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

using namespace std::chrono_literals;

struct Saver {
  std::string name;
  std::string program;  // must be installed
  std::function<bool(Project&, const std::string& from, const std::string& to)> save;
};

bool command(Project& project, std::vector<std::string> arguments) {
  const Outcome outcome =
      run({.arguments = std::move(arguments), .folder = project.folder().path()}, 30s);
  if (outcome.status != 0)
    std::printf("%s%s", outcome.output.c_str(), outcome.errors.c_str());
  return outcome.status == 0;
}

bool installed(const std::string& program) {
  return program.empty() ||
         run({.arguments = {"sh", "-c", "command -v " + program}}, 10s).status == 0;
}

bool vim(Project& project, const std::string& backup, const std::string& from,
         const std::string& to) {
  return command(project, {"vim", "-N", "-u", "NONE", "-i", "NONE", "-es", "-c",
                           "set backupcopy=" + backup + " writebackup swapfile fsync", "-c",
                           "%s/" + from + "/" + to + "/", "-c", "wq", "game.cpp"});
}

// Replaces by nano's own command, saves and leaves.
bool nano(Project& project, const std::string& from, const std::string& to) {
  Child editor({.arguments = {"nano", "--ignorercfiles", "game.cpp"},
                .folder = project.folder().path(),
                .environment = {{"TERM", "xterm"}},
                .terminal = true});
  const auto sees = [&](const std::string& text) {
    return wait_until([&] { return editor.screen().find(text) != std::string::npos; }, 10s);
  };
  if (!sees("game.cpp"))
    return false;
  editor.type("\x1c");
  if (!sees("Search (to replace)"))
    return false;
  editor.type(from + "\r");
  if (!sees("Replace with"))
    return false;
  editor.type(to + "\r");
  if (!sees("this instance"))
    return false;
  editor.type("A");
  if (!sees(to))
    return false;
  editor.type("\x0f");
  if (!sees("File Name to Write"))
    return false;
  editor.type("\r");
  const auto written = [&] {
    return project.folder().read("game.cpp").find(to) != std::string::npos;
  };
  if (!wait_until(written, 10s))
    return false;
  editor.type("\x18");
  return editor.wait(10s) == 0;
}

// Five pieces, a while apart: every pause is longer than a burst of saves needs to be over.
bool slow_writer(Project& project, const std::string&, const std::string& to) {
  const std::string text = project.source_with(to);
  const int file = open(project.folder().path("game.cpp").c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  const std::size_t piece = text.size() / 5 + 1;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    const std::size_t count = std::min(piece, text.size() - at);
    if (write(file, text.data() + at, count) != static_cast<ssize_t>(count))
      return false;
    std::this_thread::sleep_for(80ms);  // what is tested: the writer is slow
  }
  return close(file) == 0;
}

std::vector<Saver> savers() {
  std::vector<Saver> all;
  const auto add = [&](std::string name, std::string program, auto save) {
    all.push_back({std::move(name), std::move(program), save});
  };
  using Text = const std::string&;
  add("truncate and write", "", [](Project& p, Text, Text to) {
    p.set_label(to);
    return true;
  });
  add("write beside and rename", "", [](Project& p, Text, Text to) {
    p.folder().replace("game.cpp", p.source_with(to));
    return true;
  });
  for (const char* backup : {"yes", "no", "auto"})
    add(std::string("vim backupcopy=") + backup, "vim",
        [backup](Project& p, Text from, Text to) { return vim(p, backup, from, to); });
  add("nano", "nano", nano);
  add("emacs", "emacs", [](Project& p, Text from, Text to) {
    return command(p, {"emacs", "--batch", "-Q", "game.cpp", "--eval",
                       "(progn (goto-char (point-min)) (search-forward \"" + from +
                           "\") (replace-match \"" + to + "\") (save-buffer))"});
  });
  add("sed -i", "sed", [](Project& p, Text from, Text to) {
    return command(p, {"sed", "-i", "s/" + from + "/" + to + "/", "game.cpp"});
  });
  add("rsync", "rsync", [](Project& p, Text, Text to) {
    const Sandbox elsewhere("rsync");
    elsewhere.write("game.cpp", p.source_with(to));
    // Same size and same second: rsync would take it for the same file.
    return command(p, {"rsync", "--ignore-times", elsewhere.path("game.cpp"), "game.cpp"});
  });
  add("a slow writer", "", slow_writer);
  return all;
}

}  // namespace

TEST_CASE("every way of saving gives one build and one reload") {
  Project project("saves");
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  const auto program = project.start_program();
  INFO(tool->transcript());
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(shows(*program, "first"));
  std::string label = "first";
  int number = 0;
  for (const Saver& saver : savers()) {
    INFO(saver.name);
    if (!installed(saver.program)) {
      WARN(saver.name << ": not tested, " << saver.program << " is not installed");
      continue;
    }
    const std::size_t mark = tool->mark();
    const std::string next = "saved" + std::to_string(++number);
    REQUIRE(saver.save(project, label, next));
    label = next;
    const bool shown = shows(*program, label);
    tool->settle(300ms);
    INFO(tool->transcript());
    CHECK(shown);
    CHECK(tool->count("build_failed", mark) == 0);
    CHECK(tool->count("build_started", mark) == 1);
    CHECK(tool->count("reloaded", mark) == 1);
  }
}

TEST_CASE("git checkout of 2000 files is one build and one reload") {
  Project project("checkout");
  for (int i = 0; i < 2000; ++i)
    project.folder().write(
        "data/part" + std::to_string(i % 40) + "/file" + std::to_string(i) + ".h",
        "// first " + std::to_string(i) + "\n");
  project.folder().write(".gitignore", "build/\n");
  const std::vector<std::vector<std::string>> commands = {
      {"git", "init", "-q", "-b", "one", "."},
      {"git", "add", "."},
      {"git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "one"},
      {"git", "checkout", "-qb", "two"},
      {"sh", "-c", "sed -i s/first/second/ game.cpp data/*/*.h"},
      {"git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qam", "two"},
      {"git", "checkout", "-q", "one"}};
  for (const auto& arguments : commands)
    REQUIRE(command(project, arguments));
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  const auto program = project.start_program();
  INFO(tool->transcript());
  REQUIRE(tool->wait("app_joined"));
  for (const std::string branch : {"two", "one"}) {
    const std::size_t mark = tool->mark();
    REQUIRE(command(project, {"git", "checkout", "-q", branch}));
    const bool shown = shows(*program, branch == "two" ? "second" : "first");
    tool->settle(500ms);
    INFO(tool->transcript());
    CHECK(shown);
    CHECK(tool->count("build_failed", mark) == 0);
    CHECK(tool->count("build_started", mark) == 1);
    CHECK(tool->count("reloaded", mark) == 1);
  }
}

TEST_CASE("the newest of many saves wins") {
  Project project("many");
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  const auto program = project.start_program();
  INFO(tool->transcript());
  REQUIRE(tool->wait("app_joined"));
  const std::size_t mark = tool->mark();
  for (int i = 1; i <= 30; ++i) {
    project.set_label("many" + std::to_string(i));
    std::this_thread::sleep_for(40ms);  // what is tested: a save every 40 ms
  }
  const bool shown = shows(*program, "many30");
  tool->settle(500ms);
  INFO(tool->transcript());
  CHECK(shown);
  CHECK(last_shown(*program)->label == "many30");
  CHECK(tool->count("build_failed", mark) == 0);
  CHECK(tool->count("error", mark) == 0);
  CHECK(tool->count("reloaded", mark) >= 1);
}

TEST_CASE("headers, new files and edits of CMakeLists.txt are taken in") {
  Project project("new-files");
  project.folder().write("words.h", "#define WORD \"first\"\n");
  project.folder().write(
      "game.cpp",
      "#include \"game.h\"\n#include \"words.h\"\nstatic long counter = 0;\n"
      "long tick() { return ++counter; }\nconst char* label() { return WORD; }\n");
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  const auto program = project.start_program();
  INFO(tool->transcript());
  REQUIRE(tool->wait("app_joined"));
  SECTION("a header of the module") {
    project.folder().write("words.h", "#define WORD \"header\"\n");
    CHECK(shows(*program, "header"));
  }
  SECTION("a new file that CMakeLists.txt names") {
    project.folder().write("word.cpp", "const char* word() { return \"new-file\"; }\n");
    project.folder().write("game.cpp",
                           "#include \"game.h\"\nconst char* word();\nstatic long counter = 0;\n"
                           "long tick() { return ++counter; }\n"
                           "const char* label() { return word(); }\n");
    REQUIRE(project.folder().edit("CMakeLists.txt", "game game.cpp", "game game.cpp word.cpp"));
    CHECK(shows(*program, "new-file", 60s));
  }
  INFO(tool->transcript());
  CHECK(tool->count("not-json") == 0);
}

}  // namespace hrwatch::tests
