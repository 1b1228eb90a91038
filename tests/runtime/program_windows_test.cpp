// hr.dll as it ships, in programs of their own, with a module that presents itself.
#include <windows.h>

#include <optional>

#include "fake_tool.h"
#include "support/catch.h"
#include "tiny_host.h"

using namespace hr;
using test::FakeTool;

namespace {

const std::filesystem::path build = HR_TEST_PRESENTED_FOLDER;

// A run of the host program; killed at the end if it has not ended.
class Program {
 public:
  explicit Program(const std::string& what) {
    std::wstring line = L"\"" HR_TEST_HOST L"\" " + std::wstring(what.begin(), what.end()) + L" " +
                        std::filesystem::path(test::tiny_library("presented_1")).wstring();
    STARTUPINFOW start = {};
    start.cb = sizeof start;
    REQUIRE(CreateProcessW(nullptr, line.data(), nullptr, nullptr, FALSE, 0, nullptr, nullptr,
                           &start, &process_) != 0);
    CloseHandle(process_.hThread);
  }

  ~Program() {
    if (!has_ended())
      TerminateProcess(process_.hProcess, 9);
    WaitForSingleObject(process_.hProcess, INFINITE);
    CloseHandle(process_.hProcess);
  }

  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  bool has_ended() const { return WaitForSingleObject(process_.hProcess, 0) == WAIT_OBJECT_0; }

  bool ends_well() const {
    DWORD code = 77;
    CHECK(WaitForSingleObject(process_.hProcess, 90'000) == WAIT_OBJECT_0);
    GetExitCodeProcess(process_.hProcess, &code);
    UNSCOPED_INFO("exit code " << code);
    return code == 0;
  }

 private:
  PROCESS_INFORMATION process_ = {};
};

std::uint32_t next_number = 0;

wire::Reload reload_of(const wire::ModuleState& host) {
  const auto older = test::read_symbols(test::tiny_library("presented_1"));
  const std::string library = test::tiny_library("presented_2");
  wire::ModuleReload module;
  module.module = "tiny";
  module.generation = ++next_number;
  module.build_id = test::build_id_of(library);
  module.path = test::publish_into(build / ".hrwatch" / "gen", library, "tiny", module.generation,
                                   test::place_in(host, module.generation));
  module.rewiring =
      wire::encode(test::rewire({{0, older}}, test::read_symbols(library), module.generation));
  wire::Reload reload;
  reload.reload_id = module.generation;
  reload.modules.push_back(module);
  return reload;
}

struct CleanFolder {
  CleanFolder() {
    std::filesystem::remove_all(build / ".hrwatch");
    std::filesystem::create_directories(build / ".hrwatch" / "gen");
  }
};

// Serves the program whenever it joins, until version 2 is live in it. It may end as soon as it is.
// A reload dies with the plugin that it was meant for: it is sent anew for the one that came then.
void serve_version_2(FakeTool& tool, Program& program) {
  while (test::wait_until([&] { return tool.is_called(10) || program.has_ended(); }, 60) &&
         !program.has_ended()) {
    tool.accept();
    auto message = tool.next();
    const auto* hello = message ? std::get_if<wire::Hello>(&*message) : nullptr;
    if (hello == nullptr)
      continue;
    tool.send(wire::Welcome{wire::protocol_version, tool.answer});
    std::vector<wire::ModuleState> modules = hello->modules;
    if (!modules.empty())
      tool.send(reload_of(modules[0]));
    while ((message = tool.next())) {
      if (std::holds_alternative<wire::Committed>(*message))
        return;
      if (const auto* changed = std::get_if<wire::ModulesChanged>(&*message))
        modules = changed->modules;
      else if (const auto* refused = std::get_if<wire::RefusedByHost>(&*message))
        UNSCOPED_INFO(refused->failure.what << ": " << refused->failure.why);
      else
        continue;
      if (!modules.empty())
        tool.send(reload_of(modules[0]));
    }
  }
}

}  // namespace

TEST_CASE("A program that is there before the tool is reloaded, and ends well") {
  const CleanFolder folder;
  FakeTool tool(build);
  Program program("exit");
  tool.announce();
  serve_version_2(tool, program);
  CHECK(program.ends_well());
}

TEST_CASE("A tool that is killed and comes back finds the program again") {
  const CleanFolder folder;
  std::optional<FakeTool> first(std::in_place, build, "first");
  first->announce();
  Program program("exit");
  CHECK(first->greet().modules.size() == 1);
  first.reset();  // its pipe is gone, its file stays
  FakeTool second(build, "second");
  second.announce();
  serve_version_2(second, program);
  CHECK(program.ends_well());
}

TEST_CASE("A plugin may come and go") {
  const CleanFolder folder;
  FakeTool tool(build);
  tool.announce();
  Program program("unload");
  serve_version_2(tool, program);
  CHECK(program.ends_well());
}

TEST_CASE("A program may end while a reload is on its way") {
  const CleanFolder folder;
  FakeTool tool(build);
  tool.announce();
  for (int i = 0; i < 5; ++i) {
    Program program("exit");
    const wire::Hello hello = tool.greet();
    REQUIRE(hello.modules.size() == 1);
    // It ends with the first one: while it loads the second, or between the two.
    tool.send(reload_of(hello.modules[0]));
    tool.stream().send(wire::encode(wire::ToolMessage(reload_of(hello.modules[0]))));
    CHECK(program.ends_well());
  }
}

TEST_CASE("HRWATCH_DISABLE=1: no thread, nothing") {
  const CleanFolder folder;
  FakeTool tool(build);
  tool.announce();
  SetEnvironmentVariableW(L"HRWATCH_DISABLE", L"1");
  {
    const Program program("disabled");
    CHECK(program.ends_well());
  }
  SetEnvironmentVariableW(L"HRWATCH_DISABLE", nullptr);
  CHECK_FALSE(tool.is_called(0));
}

TEST_CASE("--no-hot-reload ends the thread") {
  const CleanFolder folder;
  const Program program("args");
  CHECK(program.ends_well());
}
