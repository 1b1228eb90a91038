// libhr.so as it ships, in programs of their own: forks, exits, closed descriptors, plugins.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "fake_tool.h"
#include "support/catch.h"
#include "tiny_host.h"

using namespace hr;
using test::FakeTool;

namespace {

const std::filesystem::path build = HR_TEST_PRESENTED_FOLDER;

std::string presented(int version) {
  return std::string(HR_TEST_TINY_FOLDER) + "/libtiny_presented_" + std::to_string(version) + ".so";
}

// A run of the host program; killed at the end if it has not ended.
class Program {
 public:
  Program(const char* what, const std::vector<std::string>& variables = {}) {
    std::vector<std::string> environment = variables;
    for (char** entry = environ; *entry != nullptr; ++entry)
      environment.emplace_back(*entry);
    const std::string library = presented(1);
    std::array<const char*, 4> arguments = {HR_TEST_HOST, what, library.c_str(), nullptr};
    std::vector<char*> pointers;
    for (std::string& entry : environment)
      pointers.push_back(entry.data());
    pointers.push_back(nullptr);
    REQUIRE(::posix_spawn(&pid_, HR_TEST_HOST, nullptr, nullptr,
                          const_cast<char**>(arguments.data()), pointers.data()) == 0);
  }

  ~Program() {
    if (!ended_) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }

  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  bool has_ended() {
    ended_ = ended_ || ::waitpid(pid_, &status_, WNOHANG) == pid_;
    return ended_;
  }

  bool ends_well() {
    test::wait_until([&] { return has_ended(); }, 40);
    UNSCOPED_INFO("status " << status_);
    CHECK(ended_);
    return ended_ && WIFEXITED(status_) && WEXITSTATUS(status_) == 0;
  }

 private:
  pid_t pid_ = 0;
  int status_ = 0;
  bool ended_ = false;
};

std::uint32_t next_number = 0;

wire::Reload reload_of(int version) {
  const auto older = test::read_symbols(presented(1));
  const auto next = test::read_symbols(presented(version));
  wire::ModuleReload module;
  module.module = "tiny";
  module.generation = ++next_number;
  module.build_id = test::build_id_of(presented(version));
  module.path =
      test::publish_into(build / ".hrwatch" / "gen", presented(version), "tiny", module.generation);
  module.rewiring = wire::encode(test::rewire({{0, older}}, next, module.generation));
  wire::Reload reload;
  reload.reload_id = module.generation;
  reload.modules.push_back(module);
  return reload;
}

struct CleanFolder {
  CleanFolder() {
    const auto folder = build / ".hrwatch";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder / "gen");
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    std::filesystem::permissions(folder / "gen", std::filesystem::perms::owner_all);
  }
};

// Serves the program whenever it joins, until version 2 is live in it. It may end as soon as it is.
// A reload dies with the plugin that it was meant for: it is sent anew for the one that came then.
void serve_version_2(FakeTool& tool, Program& program) {
  while (test::wait_until([&] { return tool.is_called(10) || program.has_ended(); }) &&
         !program.has_ended()) {
    tool.accept();
    tool.send(wire::Welcome{wire::protocol_version, tool.answer});
    tool.send(reload_of(2));
    while (auto message = tool.next()) {
      if (std::holds_alternative<wire::Committed>(*message))
        return;
      if (std::holds_alternative<wire::RefusedByHost>(*message) ||
          std::holds_alternative<wire::ModulesChanged>(*message))
        tool.send(reload_of(2));
    }
  }
}

}  // namespace

TEST_CASE("HRWATCH_DISABLE=1: no thread, nothing") {
  const CleanFolder folder;
  FakeTool tool(build);
  tool.announce();
  Program program("disabled", {"HRWATCH_DISABLE=1"});
  CHECK(program.ends_well());
  CHECK_FALSE(tool.is_called(0));
}

TEST_CASE("--no-hot-reload ends the thread, and leaves the other arguments") {
  const CleanFolder folder;
  Program program("args");
  CHECK(program.ends_well());
}

TEST_CASE("A program that changes its folder is reloaded") {
  const CleanFolder folder;
  FakeTool tool(build);
  Program program("chdir");
  tool.announce();
  serve_version_2(tool, program);
  CHECK(program.ends_well());
}

TEST_CASE("The child of a fork runs without hot reload, the parent goes on") {
  const CleanFolder folder;
  FakeTool tool(build);
  tool.announce();
  Program program("fork");
  serve_version_2(tool, program);
  CHECK(program.ends_well());
}

TEST_CASE(
    "A program that closes all descriptors is joined anew, and its own files stay untouched") {
  const CleanFolder folder;
  FakeTool tool(build);
  tool.announce();
  Program program("closefrom");
  serve_version_2(tool, program);
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
    serve_version_2(tool, program);
    tool.send_bytes(wire::encode(wire::ToolMessage(reload_of(2))));
    CHECK(program.ends_well());
  }
}
