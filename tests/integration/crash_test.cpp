// A program that crashes while its code is being edited: it lives on, and the tool says where.
#include <csignal>

#include "support/catch.h"
#include "support/project.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

const char* const guarded_main = R"(#include <cstdio>
#include <cstring>
#include <string>
#include <thread>

#include <hr/hr.h>

#include "game.h"

static std::string shown;

static void frame(void*) {
  const long counter = tick();
  if (shown != label()) {
    shown = label();
    std::printf("LABEL %s %ld\n", shown.c_str(), counter);
    std::fflush(stdout);
  }
}

static void on_event(const hr_event* event, void*) {
  if (event->kind == HR_EVENT_CRASHED || event->kind == HR_EVENT_ROLLED_BACK)
    std::fprintf(stderr, "EVENT %u %s %u|%s|%s|%s\n", event->kind, event->module,
                 event->generation, event->what, event->why, event->fix);
}

int main(int count, char** arguments) {
  if (count > 1 && std::strcmp(arguments[1], "wait") == 0)
    hr_guard_policy(HR_GUARD_WAIT);
  hr_on_event(on_event, nullptr);
  for (;;) {
    hr_poll();
    hr_guard(frame, nullptr);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}
)";

// Line 5 is the one that crashes, if `statement` does.
std::string source(const std::string& label, const std::string& statement = "") {
  return "#include \"game.h\"\n\nstatic long counter = 0;\nstatic int* volatile target = nullptr;\n"
         "static void hit(int by) { " +
         statement +
         " counter += by; }\n\nlong tick() {\n  hit(1);\n  return counter;\n}\n\n"
         "const char* label() { return \"" +
         label + "\"; }\n";
}

const char* const null_write = "*target = by;";
const char* const never_returns = "while (by) { }";

struct Running {
  explicit Running(const std::string& name, const std::string& first_source = source("first"))
      : project(name) {
    project.folder().write("main.cpp", guarded_main);
    project.folder().write("game.cpp", first_source);
    REQUIRE(project.build());
    tool = project.start_tool();
    REQUIRE(tool->wait("watching"));
  }

  void start(const std::vector<std::string>& arguments = {}) {
    ChildOptions options{.folder = project.folder().path()};
    options.arguments = arguments;
    options.arguments.insert(options.arguments.begin(), project.folder().path("build/app"));
    program = std::make_unique<Child>(options);
    REQUIRE(tool->wait("app_joined"));
    REQUIRE(tool->wait("build_finished"));
    REQUIRE(shows(*program, "first"));
  }

  // Saves, and waits for the reload.
  void save(const std::string& text) {
    const std::size_t mark = tool->mark();
    project.folder().write("game.cpp", text);
    INFO(tool->transcript());
    REQUIRE(tool->wait("reloaded", mark));
  }

  Outcome verb(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), installed_tool().string());
    arguments.insert(arguments.end(), {"--build-dir", "build"});
    return run({.arguments = arguments, .folder = project.folder().path()});
  }

  bool is_told(const std::string& text) {
    return wait_until([&] { return program->errors().find(text) != std::string::npos; },
                      std::chrono::seconds(20));
  }

  Project project;
  std::unique_ptr<Tool> tool;
  std::unique_ptr<Child> program;
};

}  // namespace

TEST_CASE("null is dereferenced: reported with its place, rolled back, mended") {
  Running it("crash");
  it.start();
  it.save(source("second"));
  REQUIRE(shows(*it.program, "second"));
  std::size_t mark = it.tool->mark();
  it.save(source("third", null_write));
  const auto crashed = it.tool->wait("crashed", mark);
  INFO(it.tool->transcript() << it.program->errors());
  REQUIRE(crashed);
  CHECK((*crashed)["pid"] == it.program->pid());
  CHECK((*crashed)["signal"] == "SIGSEGV");
  CHECK((*crashed)["function"] == "hit(int)");
  CHECK((*crashed)["file"] == it.project.folder().path("game.cpp").string());
  CHECK((*crashed)["line"] == 5);
  CHECK((*crashed)["module"] == "game");
  CHECK((*crashed)["generation"] == 2);
  CHECK((*crashed)["outcome"] == "rolled_back");
  CHECK((*crashed)["running"] == 1);
  CHECK((*crashed)["address"] == 0);
  REQUIRE((*crashed)["frames"].size() >= 3);
  CHECK((*crashed)["frames"][1]["function"] == "tick()");
  CHECK((*crashed)["frames"][1]["line"] == 8);
  CHECK((*crashed)["frames"][2]["function"] == "frame(void*)");
  CHECK((*crashed)["frames"][2]["file"] == it.project.folder().path("main.cpp").string());
  const auto back = it.tool->wait("rolled_back", mark);
  REQUIRE(back);
  CHECK((*back)["module"] == "game");
  CHECK((*back)["generation"] == 1);
  CHECK((*back)["withdrawn"] == 2);
  CHECK((*back)["pid"] == it.program->pid());
  CHECK(it.is_told("EVENT 7 game 2|SIGSEGV (address 0x0) in hit(int) (" +
                   it.project.folder().path("game.cpp").string() +
                   ":5)|its frame was abandoned; generation 1 of game runs again|mend it and "
                   "save\n"));
  CHECK(it.is_told("EVENT 8 game 1|"));

  mark = it.tool->mark();
  it.save(source("mended"));
  CHECK(shows(*it.program, "mended"));
  CHECK(it.tool->count("crashed", mark) == 0);
  CHECK(it.tool->count("refused") == 0);
  CHECK(it.tool->count("error") == 0);
  CHECK(it.program->running());
}

TEST_CASE("every kind of crash is told with its place, whatever is on the stack above it") {
  struct Kind {
    const char* statement;
    const char* signal;
    const char* detail;
  };

  const Kind kinds[] = {
      {"throw std::runtime_error(\"no ammunition\");", "exception",
       "std::runtime_error: no ammunition"},
      {"std::abort();", "SIGABRT", ""},
      {"counter = by / (by - 1);", "SIGFPE", ""},
      {"std::memset(target, 0, 4);", "SIGSEGV", ""},
      {"volatile char wide[4096]; wide[0] = 1; hit(by + 1); counter += wide[0];", "SIGSEGV", ""},
      {"__builtin_trap();", "SIGILL", ""}};
  Running it("kinds");
  it.start();
  for (const Kind& kind : kinds) {
    const std::size_t mark = it.tool->mark();
    const std::string text = source("bad", kind.statement);
    it.save("#include <stdexcept>\n#include <cstdlib>\n#include <cstring>\n" + text);
    const auto crashed = it.tool->wait("crashed", mark);
    INFO(kind.statement << it.tool->transcript());
    REQUIRE(crashed);
    CHECK((*crashed)["signal"] == kind.signal);
    CHECK((*crashed)["detail"] == kind.detail);
    CHECK((*crashed)["function"] == "hit(int)");
    CHECK((*crashed)["file"] == it.project.folder().path("game.cpp").string());
    CHECK((*crashed)["line"] == 8);
    CHECK((*crashed)["outcome"] == "rolled_back");
    REQUIRE(it.tool->wait("rolled_back", mark));
  }
  CHECK(it.is_told("std::runtime_error: no ammunition in hit(int) ("));
  CHECK(it.program->running());
}

TEST_CASE("a frame that waits runs again with the next save") {
  Running it("waits");
  it.start({"wait"});
  std::size_t mark = it.tool->mark();
  it.save(source("bad", null_write));
  const auto crashed = it.tool->wait("crashed", mark);
  INFO(it.tool->transcript());
  REQUIRE(crashed);
  CHECK((*crashed)["outcome"] == "waiting");
  CHECK((*crashed)["running"] == 1);
  CHECK(it.tool->count("rolled_back") == 0);
  it.save(source("mended"));
  CHECK(shows(*it.program, "mended"));
  CHECK(it.tool->count("crashed", mark) == 1);
}

TEST_CASE("the same crashing file saved again goes in again, and back again") {
  Running it("crash-again");
  it.start();
  for (int i = 0; i < 3; ++i) {
    const std::size_t mark = it.tool->mark();
    it.save(source("bad", null_write));
    INFO(it.tool->transcript());
    REQUIRE(it.tool->wait("crashed", mark));
    REQUIRE(it.tool->wait("rolled_back", mark));
  }
  CHECK(it.program->running());
  CHECK(it.tool->count("reloaded") == 3);
  // Nothing goes in by itself meanwhile, whoever asks: another session neither.
  it.tool.reset();
  it.tool = it.project.start_tool();
  REQUIRE(it.tool->wait("app_joined"));
  REQUIRE(it.tool->wait("build_finished"));
  REQUIRE(it.tool->settle(std::chrono::milliseconds(500)));
  INFO(it.tool->transcript());
  CHECK(it.tool->count("reloaded") == 0);
  it.save(source("mended"));
  CHECK(shows(*it.program, "mended"));
  CHECK(it.tool->count("error") == 0);
}

TEST_CASE("rollback puts the code before back, again and again, and a save goes on from there") {
  Running it("rollback");
  const Outcome early = it.verb({"rollback"});
  CHECK(early.status == 4);
  CHECK(early.errors.find("there is no program to roll back") != std::string::npos);
  CHECK(early.errors.find("why: no running program has joined this session") != std::string::npos);
  CHECK(early.errors.find("fix: start the program") != std::string::npos);
  it.start();
  it.save(source("second"));
  REQUIRE(shows(*it.program, "second"));
  it.save(source("third"));
  REQUIRE(shows(*it.program, "third"));

  std::size_t mark = it.tool->mark();
  const Outcome one = it.verb({"rollback"});
  INFO(one.output << one.errors << it.tool->transcript());
  CHECK(one.status == 0);
  CHECK(one.output.find("game runs generation 1") != std::string::npos);
  CHECK(shows(*it.program, "second"));
  const auto back = it.tool->wait("rolled_back", mark);
  REQUIRE(back);
  CHECK((*back)["generation"] == 1);
  CHECK((*back)["after_crash"] == false);
  CHECK(it.verb({"rollback", "game"}).status == 0);
  CHECK(shows(*it.program, "first"));

  const Outcome none = it.verb({"rollback"});
  CHECK(none.status == 4);
  CHECK(none.errors.find("there is nothing to take back") != std::string::npos);
  CHECK(none.errors.find("why: the modules run what the program started with") !=
        std::string::npos);
  CHECK(none.errors.find("fix: edit and save") != std::string::npos);
  const Outcome unknown = it.verb({"rollback", "sound"});
  CHECK(unknown.status == 4);
  CHECK(unknown.errors.find("no program has a module named sound") != std::string::npos);
  CHECK(unknown.errors.find("fix: see hrwatch status") != std::string::npos);

  it.save(source("third"));  // as it was
  CHECK(shows(*it.program, "third"));
  it.save(source("fourth"));
  CHECK(shows(*it.program, "fourth"));
  CHECK(it.verb({"rollback"}).status == 0);
  CHECK(shows(*it.program, "third"));
  CHECK(last_shown(*it.program)->counter > 0);
}

TEST_CASE("a generation that migrated state is not taken back, neither on request nor by a crash") {
  const auto with_state = [](const std::string& label, const std::string& member,
                             const std::string& statement) {
    return "#include <hr/hr.hpp>\n\n#include \"game.h\"\n\nstruct Score { long points = 0; " +
           member +
           " };\nstatic int* volatile target = nullptr;\n\nlong tick() {\n"
           "  Score& score = hr::state<Score>(\"score\"); " +
           statement + " return ++score.points;\n}\n\nconst char* label() { return \"" + label +
           "\"; }\n";
  };
  Running it("migrated", with_state("first", "", ""));
  it.start();
  it.save(with_state("second", "long best = 7;", ""));
  REQUIRE(shows(*it.program, "second"));
  const long points = last_shown(*it.program)->counter;
  const Outcome refused = it.verb({"rollback"});
  INFO(refused.output << refused.errors << it.tool->transcript());
  CHECK(refused.status == 4);
  CHECK(refused.errors.find("generation 1 of module game can't be taken back") !=
        std::string::npos);
  CHECK(refused.errors.find("why: going live it rebuilt state in a new layout") !=
        std::string::npos);
  CHECK(refused.errors.find("fix: undo the edit and save, which migrates again") !=
        std::string::npos);
  std::size_t mark = it.tool->mark();
  it.save(with_state("third", "long best = 7; int level = 1;", "*target = 1;"));
  const auto crashed = it.tool->wait("crashed", mark);
  REQUIRE(crashed);
  CHECK((*crashed)["outcome"] == "waiting");
  it.save(with_state("fourth", "long best = 7; int level = 1;", ""));
  REQUIRE(shows(*it.program, "fourth"));
  CHECK(last_shown(*it.program)->counter > points);
}

TEST_CASE("rollback without a session") {
  Running it("rollback-alone");
  it.tool.reset();
  const Outcome alone = it.verb({"rollback"});
  CHECK(alone.status == 3);
  CHECK(alone.errors.find("no hrwatch works on") != std::string::npos);
  CHECK(alone.errors.find("fix: start one: hrwatch --build-dir") != std::string::npos);
}

TEST_CASE("a frame that never returns is abandoned on request") {
  Running it("abandon");
  it.start();
  const Outcome early = it.verb({"abandon"});
  CHECK(early.status == 4);
  CHECK(early.errors.find("there is no frame to abandon") != std::string::npos);
  CHECK(early.errors.find("why: no frame inside hr_guard() has been running for a second") !=
        std::string::npos);
  it.save(source("stuck", never_returns));
  std::size_t mark = it.tool->mark();
  Outcome outcome;
  REQUIRE(wait_until(
      [&] {
        outcome = it.verb({"abandon"});
        return outcome.status == 0;
      },
      std::chrono::seconds(20)));
  CHECK(outcome.output.find("abandoned 1 frame") != std::string::npos);
  const auto crashed = it.tool->wait("crashed", mark);
  INFO(it.tool->transcript());
  REQUIRE(crashed);
  CHECK((*crashed)["signal"] == "request");
  CHECK((*crashed)["function"] == "hit(int)");
  CHECK((*crashed)["line"] == 5);
  it.save(source("mended"));
  CHECK(shows(*it.program, "mended"));
}

TEST_CASE("a crash without a guard: the program dies of it, the tool says where") {
  Project project("unguarded");
  project.folder().write("game.cpp", source("first"));
  REQUIRE(project.build());
  const auto tool = project.start_tool();
  const auto program = project.start_program();
  REQUIRE(tool->wait("app_joined"));
  REQUIRE(tool->wait("build_finished"));
  REQUIRE(shows(*program, "first"));
  project.folder().write("game.cpp", source("second", null_write));
  const auto crashed = tool->wait("crashed");
  INFO(tool->transcript());
  REQUIRE(crashed);
  CHECK((*crashed)["signal"] == "SIGSEGV");
  CHECK((*crashed)["function"] == "hit(int)");
  CHECK((*crashed)["file"] == project.folder().path("game.cpp").string());
  CHECK((*crashed)["line"] == 5);
  CHECK((*crashed)["outcome"] == "died");
  CHECK((*crashed)["frames"].back()["function"] == "main");
  CHECK(program->wait(std::chrono::seconds(20)) == 128 + SIGSEGV);
  CHECK(tool->wait("app_left"));
}

TEST_CASE("run: the program is started again when what crashed it is mended") {
  Project project("run-crash");
  project.folder().write("game.cpp", source("first"));
  REQUIRE(project.build());
  Tool tool(installed_tool(), {"--target", "app", "--build-dir", "build", "--run"},
            project.folder().path());
  REQUIRE(tool.wait("app_joined"));
  project.folder().write("game.cpp", source("second", null_write));
  REQUIRE(tool.wait("crashed"));
  REQUIRE(tool.wait("app_left"));
  const std::size_t mark = tool.mark();
  project.folder().write("game.cpp", source("third"));
  const auto relaunched = tool.wait("relaunched", mark);
  INFO(tool.transcript());
  REQUIRE(relaunched);
  CHECK((*relaunched)["reason"] == "it had crashed");
  CHECK(tool.wait("app_joined", mark));
}

}  // namespace hrwatch::tests
