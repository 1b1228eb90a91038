// hrwatch.exe as a user has it: its verbs, and a session on a small project with the real
// cmake.exe, ninja.exe, clang and lld-link.
#include "support/tool.h"

#include <windows.h>

#include <csignal>
#include <filesystem>

#include "support/catch.h"
#include "support/child.h"
#include "support/sandbox.h"
#include "support/wait.h"
#include "windows/work_folder.h"

using namespace hrwatch::tests;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::minutes patience(5);

Outcome hrwatch_in(const fs::path& folder, std::vector<std::string> arguments,
                   std::map<std::string, std::string> environment = {}) {
  ChildOptions options;
  options.arguments = {HR_TEST_TOOL};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.folder = folder;
  options.environment = std::move(environment);
  return run(options, patience);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool is_alive(int pid) {
  const HANDLE process = OpenProcess(SYNCHRONIZE, FALSE, static_cast<DWORD>(pid));
  if (process == nullptr)
    return false;
  const bool alive = WaitForSingleObject(process, 0) == WAIT_TIMEOUT;
  CloseHandle(process);
  return alive;
}

// A program, and a library that CMake says is a hot module. The program writes its process id and
// the word it was given, and waits.
constexpr const char* project_text = R"(cmake_minimum_required(VERSION 3.23)
project(sample LANGUAGES CXX)
add_library(game SHARED game.cpp)
target_compile_options(game PRIVATE -g -gcodeview)
target_link_options(game PRIVATE -Wl,--pdb=)
add_executable(app app.cpp)
target_link_libraries(app PRIVATE game)
file(WRITE ${CMAKE_BINARY_DIR}/.hrwatch/modules/game.json
  "{\"name\": \"game\", \"target\": \"game\", \"artifact\": \"libgame.dll\", \"config\": \"Debug\",
    \"kind\": \"SHARED\", \"objects\": [\"CMakeFiles/game.dir/game.cpp.obj\"]}")
)";

constexpr const char* program_text = R"(#include <windows.h>
#include <cstdio>
extern "C" int game_step();
int main(int count, char** words) {
  std::FILE* file = std::fopen("said.new", "w");
  std::fprintf(file, "%lu %s %d", GetCurrentProcessId(), count > 1 ? words[1] : "", game_step());
  std::fclose(file);
  std::rename("said.new", "said.txt");
  Sleep(INFINITE);
}
)";

class Project {
 public:
  Project() {
    files_.write("CMakeLists.txt", project_text);
    files_.write("game.cpp", "extern \"C\" __declspec(dllexport) int game_step() { return 1; }\n");
    files_.write("app.cpp", program_text);
    ChildOptions options;
    options.arguments = {HR_TEST_CMAKE,
                         "-G",
                         "Ninja",
                         "-S",
                         files_.path().generic_string(),
                         "-B",
                         build(),
                         "-DCMAKE_MAKE_PROGRAM=" HR_TEST_NINJA,
                         "-DCMAKE_CXX_COMPILER=" HR_TEST_COMPILER,
                         "-DCMAKE_BUILD_TYPE=Debug"};
    const Outcome configured = run(options, patience);
    INFO(configured.output + configured.errors);
    REQUIRE(configured.status == 0);
  }

  std::string build() const { return files_.path("build").generic_string(); }

  const Sandbox& files() const { return files_; }

  bool has_session() const { return fs::exists(files_.path("build/.hrwatch/session.json")); }

 private:
  Sandbox files_{in_work_folder("tool")};
};

Tool start(const Project& project, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--build-dir", project.build()});
  ChildOptions options;
  options.terminal = true;
  return {HR_TEST_TOOL, std::move(arguments), project.files().path(), options};
}

void builds_and_is_alone(const Project& project) {
  Tool first = start(project, {"--target", "game"});
  const auto watching = first.wait("watching", 0, patience);
  INFO(first.transcript());
  REQUIRE(watching);
  CHECK((*watching)["build_dir"] == project.build());
  REQUIRE(first.wait("build_finished", 0, patience));
  REQUIRE(wait_until([&] { return project.has_session(); }, patience));

  const std::string pid = std::to_string(first.pid());
  const Outcome second =
      hrwatch_in(project.files().path(), {"--target", "game", "--build-dir", project.build()});
  CHECK(second.status == 3);
  CHECK(has(second.errors, "another hrwatch works on " + project.build()));
  CHECK(has(second.errors, "its process id is " + pid));
  CHECK(has(second.errors, "taskkill /F /PID " + pid));

  std::string status;
  CHECK(wait_until(
      [&] {
        const Outcome asked = hrwatch_in(project.files().path(), {"status"});
        status = asked.output + asked.errors;
        return asked.status == 0 && has(status, "waiting for a save");
      },
      patience));
  CHECK(has(status, "hrwatch " + pid + " on " + project.build()));
  CHECK(has(status, "modules: game"));
  CHECK(has(status, "no program is attached"));
  const Outcome doctor = hrwatch_in(project.files().path(), {"doctor"});
  CHECK(has(doctor.output, "hrwatch " + pid + " works here"));
  CHECK(has(doctor.output, "ok       generator          Ninja"));
  CHECK(has(doctor.output, "ok       writable "));

  const Outcome rollback = hrwatch_in(project.files().path(), {"rollback"});
  CHECK(rollback.status != 0);
  CHECK(has(rollback.errors, "fix: "));

  const std::size_t mark = first.mark();
  project.files().write("game.cpp",
                        "extern \"C\" __declspec(dllexport) int game_step() { return 2; }\n");
  const auto change = first.wait("change", mark, patience);
  REQUIRE(change);
  CHECK((*change)["files"][0] == project.files().path("game.cpp").generic_string());
  REQUIRE(first.wait("build_finished", mark, patience));

  const std::size_t broken = first.mark();
  project.files().write("game.cpp", "extern \"C\" int game_step() { return missing; }\n");
  const auto failed = first.wait("build_failed", broken, patience);
  INFO(first.transcript());
  REQUIRE(failed);
  REQUIRE((*failed)["diagnostics"].size() == 1);
  const Event diagnostic = (*failed)["diagnostics"][0];
  CHECK(diagnostic["file"] == project.files().path("game.cpp").generic_string());
  CHECK(diagnostic["line"] == 1);
  CHECK(has(diagnostic["message"], "missing"));

  const Outcome explained = hrwatch_in(project.files().path(), {"explain", "game.cpp"});
  CHECK(explained.status == 0);
  CHECK(has(explained.output, "a save of game.cpp would: build game"));

  first.process().signal(SIGINT);
  CHECK(first.process().wait(patience) == 130);
  CHECK_FALSE(project.has_session());
  const Outcome after = hrwatch_in(project.files().path(), {"status"});
  CHECK(after.status == 0);
  CHECK(has(after.output, "no hrwatch works on " + project.build()));
}

void runs_the_program(const Project& project) {
  project.files().write("game.cpp",
                        "extern \"C\" __declspec(dllexport) int game_step() { return 1; }\n");
  const auto said = [&] {
    return project.files().read("said.txt");
  };
  const auto started = [&] {
    REQUIRE(wait_until([&] { return !said().empty(); }, patience));
    return std::stoi(said());
  };
  {
    INFO("Ctrl-C");
    Tool tool = start(project, {"--target", "app", "--run"});
    const int program = started();
    INFO(tool.transcript());
    CHECK(has(said(), std::to_string(program) + "  1"));
    CHECK(is_alive(program));
    tool.process().signal(SIGINT);
    CHECK(tool.process().wait(patience).has_value());
    CHECK(wait_until([&] { return !is_alive(program); }, patience));
    CHECK_FALSE(project.has_session());
  }
  fs::remove(project.files().path("said.txt"));
  {
    INFO("the tool's sudden end");
    ChildOptions options;
    options.arguments = {HR_TEST_TOOL, "--target", "app", "--run", "--", "two words"};
    options.folder = project.files().path();
    Child tool(options);
    const int program = started();
    CHECK(has(said(), " two words 1"));
    tool.signal(SIGTERM);
    CHECK(tool.wait(patience).has_value());
    CHECK(wait_until([&] { return !is_alive(program); }, patience));
  }
  // What a session left that could not say goodbye stops no other.
  Tool next = start(project, {"--target", "game", "--once"});
  CHECK(next.process().wait(patience) == 0);
  INFO(next.transcript());
  CHECK(next.count("error") == 0);
}

}  // namespace

TEST_CASE("Version, help and usage") {
  const Sandbox sandbox("tool-usage");
  const Outcome version = hrwatch_in(sandbox.path(), {"--version"});
  CHECK(version.status == 0);
  CHECK(version.output == "hrwatch " HR_TEST_VERSION "\n");
  const Outcome help = hrwatch_in(sandbox.path(), {"--help"});
  CHECK(help.status == 0);
  CHECK(has(help.output, "hrwatch --target game"));
  const Outcome usage = hrwatch_in(sandbox.path(), {"--frobnicate"});
  CHECK(usage.status == 2);
  CHECK(has(usage.errors, "--frobnicate"));
  CHECK(has(usage.errors, "fix: "));
  CHECK(usage.output.empty());
}

TEST_CASE("A folder without a build is an environment error, in both ways of saying it") {
  const Sandbox sandbox("tool-none");
  const Outcome named = hrwatch_in(sandbox.path(), {"--build-dir", "nowhere"});
  CHECK(named.status == 3);
  CHECK(has(named.errors, "there is no build in nowhere"));
  CHECK(has(named.errors, "CMakeCache.txt"));
  const Outcome json = hrwatch_in(sandbox.path(), {"--json"});
  CHECK(json.status == 3);
  CHECK(json.errors.empty());
  const Event event = Event::parse(json.output, nullptr, false);
  REQUIRE(event.is_object());
  CHECK(event["event"] == "error");
  CHECK(has(event["what"], "there is no build folder here"));
  CHECK(has(event["fix"], "cmake -G Ninja"));
}

TEST_CASE("The doctor names what is missing, and what is there") {
  const Sandbox sandbox("tool-doctor");
  const std::string windows = "C:\\windows\\system32";
  const Outcome bare = hrwatch_in(sandbox.path(), {"doctor"}, {{"PATH", windows}});
  CHECK(bare.status == 3);
  CHECK(has(bare.output, "missing  ninja              not on the PATH"));
  CHECK(has(bare.output, "missing  linker "));
  CHECK(has(bare.output, "winget install"));
  CHECK(has(bare.output, "missing  build folder "));
  CHECK_FALSE(has(bare.output, "inotify"));
  const Outcome with_tools =
      hrwatch_in(sandbox.path(), {"doctor"},
                 {{"PATH", fs::path(HR_TEST_NINJA).parent_path().string() + ";" +
                               fs::path(HR_TEST_CMAKE).parent_path().string() + ";" +
                               fs::path(HR_TEST_COMPILER).parent_path().string() + ";" + windows}});
  INFO(with_tools.output);
  CHECK(has(with_tools.output, "ok       ninja              1."));
  CHECK(has(with_tools.output, "ok       cmake              4."));
  CHECK(has(with_tools.output, "ok       compiler           clang++"));
}

TEST_CASE("A project is made of a template, once") {
  const Sandbox sandbox("tool-new");
  const Outcome made = hrwatch_in(sandbox.path(), {"new", "console", "new ones\\demo"});
  CHECK(made.status == 0);
  CHECK(has(made.output, "made new ones\\demo"));
  CHECK(fs::exists(sandbox.path("new ones/demo/CMakeLists.txt")));
  CHECK(has(sandbox.read("new ones/demo/CMakeLists.txt"), "add_hot_module("));
  const Outcome again = hrwatch_in(sandbox.path(), {"new", "console", "new ones/demo"});
  CHECK(again.status == 3);
  CHECK(has(again.errors, "exists already"));
  CHECK(hrwatch_in(sandbox.path(), {"new", "nonsense", "other"}).status == 2);
}

TEST_CASE("A path with letters beyond ASCII is refused by name") {
  const Sandbox sandbox("tool-letters");
  const Outcome refused = hrwatch_in(sandbox.path(), {"new", "console", "gr\u00fcn"});
  CHECK(refused.status == 3);
  CHECK(has(refused.errors, "has letters beyond ASCII"));
  CHECK(has(refused.errors, "fix: "));
  CHECK(fs::is_empty(sandbox.path()));
}

TEST_CASE("A session builds what is saved, is the only one, and takes its program with it") {
  const Project project;
  builds_and_is_alone(project);
  runs_the_program(project);
}
