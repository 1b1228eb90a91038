// The editor settings of each template, as far as they can be tried without the editor: what Visual
// Studio Code would read, type and match, and what clangd would compile.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <regex>

#include "support/catch.h"
#include "support/example.h"
#include "support/project.h"
#include "support/wait.h"

namespace hrwatch::tests {

namespace {

using nlohmann::json;

struct Kind {
  std::string name, source;
};

const std::vector<Kind> kinds = {
    {"console", "logic.cpp"}, {"c-plugin", "plugin.c"}, {"game", "game.cpp"}};

std::map<std::string, std::string> environment() {
  const char* path = std::getenv("PATH");
  return {{"PATH", (installed_prefix() / "bin").string() + ":" + (path ? path : "")},
          {"SDL_VIDEODRIVER", "dummy"}};
}

// The lines that a terminal shows, as a problem matcher gets them: without what was written over,
// and without colours.
std::vector<std::string> terminal_lines(const std::string& screen) {
  static const std::regex sequence("\x1b\\[[0-9;]*[A-Za-z]");
  std::vector<std::string> lines;
  std::istringstream text(screen);
  for (std::string line; std::getline(text, line);) {
    while (!line.empty() && line.back() == '\r')
      line.pop_back();
    if (const std::size_t over = line.rfind("\r\x1b[K"); over != std::string::npos)
      line.erase(0, over);
    line = std::regex_replace(line, sequence, "");
    line.erase(0, line.find_first_not_of('\r') == std::string::npos ? line.size()
                                                                    : line.find_first_not_of('\r'));
    lines.push_back(line);
  }
  return lines;
}

// A task that Visual Studio Code starts: in a terminal, by a shell.
class Task {
 public:
  Task(const json& task, const std::filesystem::path& folder)
      : matcher_(task.at("problemMatcher")),
        child_({.arguments = {"sh", "-c", task.at("command")},
                .folder = folder,
                .environment = environment(),
                .terminal = true}) {}

  ~Task() {
    child_.signal(SIGINT);
    child_.wait(std::chrono::seconds(10));
  }

  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  // From now on only later lines count.
  void mark() { seen_ = terminal_lines(child_.screen()).size(); }

  bool begins() { return finds(background("beginsPattern")); }

  bool ends() { return finds(background("endsPattern")); }

  // What its pattern takes out of the first line that it fits: file, line, column, severity,
  // message.
  std::optional<std::map<std::string, std::string>> problem() {
    const json& pattern = matcher_.at("pattern");
    const std::regex regexp(pattern.at("regexp").get<std::string>());
    std::optional<std::map<std::string, std::string>> found;
    wait([&](const std::string& line) {
      std::smatch match;
      if (!std::regex_search(line, match, regexp))
        return false;
      found.emplace();
      for (const char* part : {"file", "line", "column", "severity", "message"})
        (*found)[part] = match[pattern.at(part).get<std::size_t>()];
      return true;
    });
    return found;
  }

  std::string transcript() const { return child_.screen(); }

 private:
  std::regex background(const char* which) const {
    return std::regex(matcher_.at("background").at(which).get<std::string>());
  }

  bool finds(const std::regex& pattern) {
    return wait([&](const std::string& line) { return std::regex_search(line, pattern); });
  }

  template <class Fits>
  bool wait(const Fits& fits) {
    return wait_until(
        [&] {
          const std::vector<std::string> lines = terminal_lines(child_.screen());
          for (std::size_t i = seen_; i < lines.size(); ++i)
            if (fits(lines[i]))
              return true;
          return false;
        },
        std::chrono::seconds(60));
  }

  json matcher_;
  Child child_;
  std::size_t seen_ = 0;
};

// A new project "demo", and its tasks by their labels.
struct Fresh {
  Sandbox sandbox{"editor"};
  std::filesystem::path folder = sandbox.path("demo");
  std::map<std::string, json> tasks;
  json launch;

  explicit Fresh(const std::string& kind) {
    const Outcome made = run(
        {.arguments = {installed_tool().string(), "new", kind, "demo"}, .folder = sandbox.path()});
    REQUIRE(made.status == 0);
    const json all = json::parse(sandbox.read("demo/.vscode/tasks.json"));
    CHECK(all.at("version") == "2.0.0");
    for (const json& task : all.at("tasks"))
      CHECK(tasks.emplace(task.at("label"), task).second);
    launch = json::parse(sandbox.read("demo/.vscode/launch.json"));
    CHECK(launch.at("version") == "0.2.0");
  }

  void configure() const {
    const Outcome configured = run({.arguments = {"sh", "-c", tasks.at("configure").at("command")},
                                    .folder = folder,
                                    .environment = environment()});
    INFO(configured.output << configured.errors);
    REQUIRE(configured.status == 0);
  }

  // "${workspaceFolder}/x" -> "/.../demo/x"
  std::filesystem::path resolved(std::string text) const {
    const std::string variable = "${workspaceFolder}";
    const std::size_t at = text.find(variable);
    return at == std::string::npos ? text : text.replace(at, variable.size(), folder.string());
  }
};

}  // namespace

TEST_CASE("VS Code: the tasks are what VS Code takes for tasks, and name each other rightly") {
  for (const Kind& kind : kinds) {
    INFO(kind.name);
    const Fresh fresh(kind.name);
    int defaults = 0;
    for (const auto& [label, task] : fresh.tasks) {
      INFO(label);
      CHECK(task.at("type") == "shell");
      CHECK(task.at("command").is_string());
      CHECK((!task.contains("dependsOn") || fresh.tasks.count(task.at("dependsOn")) == 1));
      if (task.contains("group")) {
        CHECK(task["group"].at("kind") == "build");
        defaults += task["group"].value("isDefault", false) ? 1 : 0;
      }
      if (!task.value("isBackground", false))
        continue;
      const json& matcher = task.at("problemMatcher");
      CHECK(matcher.at("owner").is_string());
      CHECK(matcher.at("fileLocation").at(0) == "autoDetect");
      CHECK(matcher.at("background").at("activeOnStart") == true);
    }
    CHECK(defaults == 1);
    for (const json& configuration : fresh.launch.at("configurations")) {
      CHECK(configuration.at("request") == "launch");
      const json& before = fresh.tasks.at(configuration.at("preLaunchTask"));
      CHECK(before.at("isBackground") == true);
    }
  }
}

TEST_CASE("VS Code: the default build task begins and ends as its matcher says, with the errors") {
  for (const Kind& kind : kinds) {
    INFO(kind.name);
    const Fresh fresh(kind.name);
    fresh.configure();
    Task task(fresh.tasks.at("hrwatch"), fresh.folder);
    INFO(task.transcript());
    CHECK(task.ends());
    CHECK(access(fresh.resolved(fresh.launch["configurations"][0]["program"]).c_str(), X_OK) == 0);

    const std::string source = "demo/" + kind.source;
    const std::string good = fresh.sandbox.read(source);
    task.mark();
    fresh.sandbox.write(source, good + "\nint added = 1;\n");
    CHECK(task.begins());
    CHECK(task.ends());

    task.mark();
    fresh.sandbox.write(source, "int broken = missing;\n" + good);
    CHECK(task.begins());
    const auto problem = task.problem();
    REQUIRE(problem);
    CHECK(std::filesystem::equivalent(fresh.folder / "build" / problem->at("file"),
                                      fresh.folder / kind.source));
    CHECK(problem->at("line") == "1");
    CHECK(problem->at("column") == "14");
    CHECK(problem->at("severity") == "error");
    CHECK(problem->at("message").find("missing") != std::string::npos);
    CHECK(task.ends());

    task.mark();
    fresh.sandbox.write(source, good + "\nint added = 2;\n");
    CHECK(task.begins());
    CHECK(task.ends());
  }
}

TEST_CASE("VS Code: F5 starts what the task before it has built, and it is reloaded") {
  for (const Kind& kind : {kinds[0], kinds[1]}) {
    INFO(kind.name);
    const Fresh fresh(kind.name);
    fresh.configure();
    const json& configuration = fresh.launch.at("configurations").at(0);
    Task task(fresh.tasks.at(configuration.at("preLaunchTask")), fresh.folder);
    INFO(task.transcript());
    REQUIRE(task.ends());
    REQUIRE(access(fresh.resolved(configuration.at("program")).c_str(), X_OK) == 0);
    const Child program({.arguments = {fresh.resolved(configuration.at("program")).string()},
                         .folder = fresh.resolved(configuration.at("cwd")),
                         .environment = environment()});
    if (kind.name == "c-plugin")
      continue;
    task.mark();
    CHECK(wait_until([&] { return task.transcript().find(" joined (pid") != std::string::npos; },
                     std::chrono::seconds(60)));
    fresh.sandbox.write("demo/" + kind.source,
                        fresh.sandbox.read("demo/" + kind.source) + "\nint added = 1;\n");
    CHECK(task.begins());
    CHECK(wait_until([&] { return task.transcript().find("reloaded ") != std::string::npos; },
                     std::chrono::seconds(60)));
  }
}

TEST_CASE("clangd compiles each template's files as they are built, without complaint") {
  for (const Kind& kind : kinds) {
    INFO(kind.name);
    const Fresh fresh(kind.name);
    fresh.configure();
    CHECK(fresh.sandbox.read("demo/.clangd").find("CompilationDatabase: build\n") !=
          std::string::npos);
    const json commands = json::parse(fresh.sandbox.read("demo/build/compile_commands.json"));
    const std::string main = kind.name == "c-plugin" ? "main.c" : "main.cpp";
    for (const std::string& source : {kind.source, main}) {
      INFO(source);
      CHECK(std::any_of(commands.begin(), commands.end(), [&](const json& command) {
        return command.at("file") == (fresh.folder / source).string();
      }));
      if (run({.arguments = {"sh", "-c", "command -v clangd"}}).status != 0)
        continue;
      const Outcome checked =
          run({.arguments = {"clangd", "--check=" + source}, .folder = fresh.folder});
      INFO(checked.errors);
      CHECK(checked.errors.find("All checks completed, 0 errors") != std::string::npos);
    }
  }
}

}  // namespace hrwatch::tests
