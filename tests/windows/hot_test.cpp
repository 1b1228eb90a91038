// Hot modules on Windows, the whole way: add_hot_module() of the installed package, the real
// cmake.exe, ninja.exe, clang and lld-link, the installed hrwatch.exe, and a program that runs on
// while its code is edited.
#include <windows.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>

#include "core/pe_image.h"
#include "support/child.h"
#include "support/sandbox.h"
#include "support/tool.h"
#include "support/wait.h"
#include "windows/holder.h"
#include "windows/real_tools.h"
#include "windows/work_folder.h"

using namespace hrwatch;
using namespace hrwatch::tests;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::minutes patience(2);
constexpr int edits = 20;

constexpr const char* project_text = R"(cmake_minimum_required(VERSION 3.23)
project(sample LANGUAGES CXX)
find_package(hrwatch REQUIRED)
add_hot_module(game game.cpp)
add_executable(app main.cpp)
target_link_libraries(app PRIVATE game)
)";

// Each line: the number of the edit, and what must carry on: a static, a container, an object on
// the heap behind a virtual function, a function pointer that the program keeps, a state.
constexpr const char* game_text = R"(#include <cstdio>
#include <cstdlib>
#include <hr/hr.hpp>
#include <stdexcept>
#include <vector>
struct Thing {
  int made = 0;
  virtual int value() { return made + @NUMBER@; }
};
struct World { int visits = 0; };
static int calls = 0;
std::vector<int> history;
static int count_up() { static int inside = 0; return ++inside; }
int builds = 0;
struct Built { Built() { ++builds; std::puts("built"); } };
static Built built;
static Thing* thing = new Thing;
static int twice(int n) { return 2 * n + @NUMBER@; }
extern "C" int (*game_function())(int) { return twice; }
extern "C" void game_step(char* text, unsigned size) {
  ++calls;
  history.push_back(calls);
  World& world = hr::state<World>("world");
  ++world.visits;
  std::snprintf(text, size, "%d %d %d %d %d %d %d", @NUMBER@, calls,
                static_cast<int>(history.size()), count_up(), thing->value(),
                static_cast<int>(world.visits), builds);
}
)";

// Writes a line a step, with what the function says that it was given first.
constexpr const char* main_text = R"(#include <windows.h>
#include <cstdio>
#include <hr/hr.h>
extern "C" void game_step(char* text, unsigned size);
extern "C" int (*game_function())(int);
static void step(void* text) { game_step(static_cast<char*>(text), 200); }
int main(int count, char** words) {
  count = hr_args(count, words);
  int (*kept)(int) = game_function();
  for (;;) {
    char text[200];
    if (!hr_guard(step, text))
      std::snprintf(text, sizeof text, "left");
    std::printf("%s %d %d\n", text, kept(10), kept == game_function());
    std::fflush(stdout);
    if (POLLS)
      hr_poll();
    Sleep(10);
  }
}
)";

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

// What a line of the program says.
struct Line {
  int number = -1, calls = 0, history = 0, inside = 0, value = 0, visits = 0, builds = 0, kept = 0,
      same = 0;
};

Line read(const std::string& text) {
  Line line;
  std::istringstream in(text);
  in >> line.number >> line.calls >> line.history >> line.inside >> line.value >> line.visits >>
      line.builds >> line.kept >> line.same;
  return line;
}

class Rig {
 public:
  explicit Rig(bool polls = true) {
    files_.write("CMakeLists.txt", project_text);
    files_.write("main.cpp", replaced(main_text, "POLLS", polls ? "true" : "false"));
    edit(0);
    const auto configured =
        RealTools::configure(files_.path(), build(), {"-DCMAKE_BUILD_TYPE=Debug"});
    INFO(configured.output);
    REQUIRE(configured.status == 0);
    REQUIRE(configured.output.find("modules are HOT") != std::string::npos);
    const auto built = RealTools::ninja(build(), "app");
    INFO(built.output);
    REQUIRE(built.status == 0);
  }

  void edit(int number) const { write(replaced(game_text, "@NUMBER@", std::to_string(number))); }

  void write(const std::string& text) const { files_.write("game.cpp", text); }

  fs::path build() const { return files_.path("build"); }

  std::unique_ptr<Child> start_program() const {
    ChildOptions options;
    options.arguments = {(build() / "app.exe").string()};
    options.folder = files_.path();
    return std::make_unique<Child>(options);
  }

  std::unique_ptr<Tool> start_tool(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"--target", "game", "--build-dir",
                                          build().generic_string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return std::make_unique<Tool>(HR_TEST_TOOL, arguments, files_.path());
  }

  // The .pdb that the built library names: a debugger opens that.
  fs::path pdb() const {
    const std::string bytes = bytes_of(library());
    const auto image = core::read_pe_image(std::as_bytes(std::span(bytes)));
    REQUIRE(image.ok());
    return image.value().pdb->path;
  }

  fs::path library() const { return build() / "libgame.dll"; }

 private:
  Sandbox files_{in_work_folder("hot")};
};

// Waits for a line that edit `number` printed.
std::optional<Line> line_of(Child& program, int number) {
  std::optional<Line> found;
  wait_until(
      [&] {
        const auto lines = program.lines();
        for (auto line = lines.rbegin(); line != lines.rend() && !found; ++line)
          if (read(*line).number == number)
            found = read(*line);
        return found.has_value() || !program.running();
      },
      patience);
  return found;
}

// No step is missing in any line, from the first on: nothing began anew.
void check_continuity(const Child& program) {
  int steps = 0;
  const auto lines = program.lines();
  const auto is_initialiser = [](const std::string& text) {
    return text.starts_with("built");
  };
  REQUIRE(std::count_if(lines.begin(), lines.end(), is_initialiser) == 1);
  for (const std::string& text : lines) {
    if (is_initialiser(text) || text.starts_with("left"))
      continue;
    ++steps;
    const Line line = read(text);
    INFO(text);
    REQUIRE(line.calls == steps);
    REQUIRE(line.history == steps);
    REQUIRE(line.inside == steps);
    REQUIRE(line.visits == steps);
    REQUIRE(line.value == line.number);
    REQUIRE(line.builds == 1);
    REQUIRE(line.same == 1);
  }
}

}  // namespace

TEST_CASE("A running program takes over edits, while a debugger holds each new .pdb") {
  SetEnvironmentVariableA("HR_TEST_LINKER", "microsoft");
  const Rig rig;
  const auto program = rig.start_program();
  REQUIRE(line_of(*program, 0));
  const auto tool = rig.start_tool();
  REQUIRE(tool->wait("app_joined", 0, patience));
  REQUIRE(tool->settle(std::chrono::milliseconds(500)));
  int number = 0;
  for (const Sharing& sharing : sharings) {
    struct Held {
      std::unique_ptr<Holder> holder;
      std::string bytes;
    };

    std::vector<Held> debugger;
    for (int i = 0; i < edits; ++i) {
      debugger.push_back({std::make_unique<Holder>(rig.pdb(), sharing.mode), bytes_of(rig.pdb())});
      REQUIRE(debugger.back().holder->holds());
      const std::size_t mark = tool->mark();
      rig.edit(++number);
      const auto reloaded = tool->wait("reloaded", mark, patience);
      INFO(sharing.name << ", edit " << number << "\n" << tool->transcript());
      REQUIRE(reloaded);
      CHECK((*reloaded)["generation"] == number);
      const auto line = line_of(*program, number);
      REQUIRE(line);
      CHECK(line->kept == 20 + number);
    }
    for (const Held& held : debugger)
      CHECK(held.holder->read() == held.bytes);
  }
  check_continuity(*program);
  CHECK(program->running());
}

TEST_CASE("What does not fit is refused by name, and the program runs on") {
  const Rig rig;
  const auto program = rig.start_program();
  REQUIRE(line_of(*program, 0));
  const auto tool = rig.start_tool();
  REQUIRE(tool->wait("app_joined", 0, patience));
  std::size_t mark = tool->mark();
  rig.write(replaced(replaced(game_text, "@NUMBER@", "1"), "int made = 0;", "int made = 0, more;"));
  const auto refused = tool->wait("refused", mark, patience);
  INFO(tool->transcript());
  REQUIRE(refused);
  const std::string reason =
      (*refused)["reason"].get<std::string>() + ": " + (*refused)["why"].get<std::string>();
  INFO(reason);
  CHECK(reason.find("struct Thing changed layout") != std::string::npos);
  CHECK(reason.find("more (int) added at offset 12") != std::string::npos);
  CHECK_FALSE((*refused)["fix"].get<std::string>().empty());
  mark = tool->mark();
  rig.write("this is no C++\n");
  REQUIRE(tool->wait("build_failed", mark, patience));
  mark = tool->mark();
  rig.edit(2);
  REQUIRE(tool->wait("reloaded", mark, patience));
  REQUIRE(line_of(*program, 2));
  check_continuity(*program);
}

TEST_CASE("A state gets a new layout and keeps its values") {
  const Rig rig;
  const auto program = rig.start_program();
  REQUIRE(line_of(*program, 0));
  const auto tool = rig.start_tool();
  REQUIRE(tool->wait("app_joined", 0, patience));
  const std::size_t mark = tool->mark();
  rig.write(replaced(replaced(game_text, "@NUMBER@", "1"), "struct World { int visits = 0; };",
                     "struct World { double more = 7; long long visits = 0; };"
                     "extern \"C\" double more() { return hr::state<World>(\"world\").more; }"));
  INFO(tool->transcript());
  REQUIRE(tool->wait("reloaded", mark, patience));
  REQUIRE(line_of(*program, 1));
  check_continuity(*program);
}

TEST_CASE("A frame that crashes, throws, aborts or never returns is left, and older code runs") {
  const Rig rig;
  const auto program = rig.start_program();
  REQUIRE(line_of(*program, 0));
  auto tool = rig.start_tool();
  REQUIRE(tool->wait("app_joined", 0, patience));
  int number = 0;
  const auto good = [&] {
    const std::size_t mark = tool->mark();
    rig.edit(++number);
    INFO(tool->transcript());
    REQUIRE(tool->wait("reloaded", mark, patience));
    REQUIRE(line_of(*program, number));
  };

  good();
  for (const char* bad : {"*static_cast<volatile int*>(nullptr) = 1;",
                          "throw std::runtime_error(\"no level\");", "std::abort();"}) {
    const std::size_t mark = tool->mark();
    rig.write(replaced(replaced(game_text, "@NUMBER@", std::to_string(++number)), "  ++calls;",
                       std::string("  ") + bad + "\n  ++calls;"));
    const auto back = tool->wait("rolled_back", mark, patience);
    INFO(bad << "\n" << tool->transcript());
    REQUIRE(back);
    CHECK((*back)["module"] == "game");
    CHECK((*back)["generation"] == number - 1);
    CHECK((*back)["after_crash"] == true);
    // Wine 8's dbghelp, which reads the stack, may take minutes, or keep a file of the build folder
    // open.
    tool->process().kill();
    tool = rig.start_tool();
    REQUIRE(tool->wait("app_joined", 0, patience));
    good();
  }
  const std::size_t mark = tool->mark();
  rig.write(replaced(replaced(game_text, "@NUMBER@", std::to_string(++number)), "  ++calls;",
                     "  for (volatile int i = 0; i < 1;) {}\n  ++calls;"));
  INFO(tool->transcript());
  REQUIRE(tool->wait("reloaded", mark, patience));
  Outcome abandoned;
  wait_until(
      [&] {  // frames that have run for less than a second are left alone
        abandoned = run(
            {.arguments = {HR_TEST_TOOL, "abandon", "--build-dir", rig.build().generic_string()},
             .folder = rig.build()},
            patience);
        return abandoned.status == 0;
      },
      std::chrono::seconds(30));
  INFO(abandoned.output << abandoned.errors);
  CHECK(abandoned.status == 0);
  REQUIRE(tool->wait("rolled_back", mark, patience));
  good();
  check_continuity(*program);
}

TEST_CASE("Tool before program, program before tool, and the end of either") {
  const Rig rig(false);
  auto tool = rig.start_tool();
  REQUIRE(tool->wait("build_finished", 0, patience));
  auto program = rig.start_program();
  REQUIRE(tool->wait("app_joined", 0, patience));
  std::size_t mark = tool->mark();
  rig.edit(1);
  REQUIRE(tool->wait("reloaded", mark, patience));
  REQUIRE(line_of(*program, 1));
  {
    INFO("the tool is killed, and another takes over");
    tool->process().kill();
    tool = rig.start_tool();
    REQUIRE(tool->wait("app_joined", 0, patience));
    mark = tool->mark();
    rig.edit(2);
    const auto reloaded = tool->wait("reloaded", mark, patience);
    INFO(tool->transcript());
    REQUIRE(reloaded);
    REQUIRE(line_of(*program, 2));
    check_continuity(*program);
  }
  {
    INFO("the program is killed, and another comes");
    mark = tool->mark();
    program->kill();
    REQUIRE(tool->wait("app_left", mark, patience));
    program = rig.start_program();
    REQUIRE(tool->wait("app_joined", mark, patience));
    REQUIRE(line_of(*program, 2));
    mark = tool->mark();
    rig.edit(3);
    REQUIRE(tool->wait("reloaded", mark, patience));
    REQUIRE(line_of(*program, 3));
    check_continuity(*program);
  }
}
