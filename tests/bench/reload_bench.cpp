#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "bench.h"
#include "support/project.h"
#include "support/wait.h"

namespace hrwatch::bench {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using tests::Child;
using tests::Event;
using tests::Sandbox;
using tests::Tool;

std::string read_sample(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(std::string(HR_BENCH_SAMPLE) + "/" + name).rdbuf();
  return text.str();
}

std::string replaced(std::string text, const std::string& what, int by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos;)
    text.replace(at, what.size(), std::to_string(by));
  return text;
}

// 300 lines of a game's code, heavy on the standard library; `edit` changes one body.
std::string std_heavy_source(int number, int edit) {
  static const std::string sample = read_sample("unit.cpp.in");
  return replaced(replaced(sample, "@NUMBER@", number), "@EDIT@", edit);
}

// 80 lines with containers: one of many.
std::string part_source(int number, int edit) {
  static const std::string sample = read_sample("part.cpp.in");
  return replaced(replaced(sample, "@NUMBER@", number), "@EDIT@", edit);
}

// One file, C's standard library alone.
std::string small_source(int /*number*/, int edit) {
  return fmt::format(
      "#include <cstdio>\nstatic int calls = 0;\nint unit_0() {{\n  if (++calls < 0)\n"
      "    std::printf(\"%d\\n\", calls);\n  return {};\n}}\n",
      edit);
}

// The text of source `number`, in which `edit` changes one body.
using Sample = std::string (*)(int number, int edit);

bool run_here(const std::filesystem::path& folder, std::vector<std::string> arguments) {
  const tests::Outcome outcome =
      tests::run({.arguments = std::move(arguments), .folder = folder}, 20min);
  if (outcome.status != 0)
    fmt::print(stderr, "hr_bench: a build failed:\n{}{}", outcome.output, outcome.errors);
  return outcome.status == 0;
}

// A project with a module of so many files, configured and built.
bool make_project(const Sandbox& sandbox, const std::filesystem::path& prefix, int files,
                  Sample sample) {
  std::string sources;
  sandbox.write("world.h", read_sample("world.h"));
  for (int i = 0; i < files; ++i) {
    sandbox.write(fmt::format("unit_{}.cpp", i), sample(i, 0));
    sources += fmt::format(" unit_{}.cpp", i);
  }
  sandbox.write("CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.23)\nproject(bench LANGUAGES C CXX)\n"
                "find_package(hrwatch REQUIRED)\nadd_hot_module(game" +
                    sources +
                    ")\nadd_executable(app main.cpp)\ntarget_link_libraries(app PRIVATE game)\n");
  sandbox.write("main.cpp",
                "#include <unistd.h>\nint unit_0();\nint main() {\n  for (int i = 0;; ++i) {\n"
                "    unit_0();\n    usleep(10000);\n  }\n}\n");
  return run_here(sandbox.path(), {"cmake", "-S.", "-Bbuild", "-GNinja", "-DCMAKE_BUILD_TYPE=Debug",
                                   "-DCMAKE_PREFIX_PATH=" + prefix.string()}) &&
         run_here(sandbox.path(), {"ninja", "-C", "build"});
}

// `ninja -C build game`, without a pipe or a thread of ours beside it. Milliseconds; < 0 = failed.
double time_ninja(const std::filesystem::path& folder) {
  const std::string build = (folder / "build").string();
  const char* const arguments[] = {"ninja", "-C", build.c_str(), "game", nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", 1 /* O_WRONLY */, 0);
  const auto start = Clock::now();
  pid_t ninja = 0;
  int status = -1;
  if (posix_spawnp(&ninja, "ninja", &actions, nullptr, const_cast<char* const*>(arguments),
                   environ) == 0)
    waitpid(ninja, &status, 0);
  const double elapsed = since(start);
  posix_spawn_file_actions_destroy(&actions);
  return status == 0 ? elapsed : -1;
}

struct Measured {
  Samples reload, total, ninja, noticed, settle, commit, load, analyse, publish;
};

bool joined(const Tool& tool) {
  if (tool.wait("app_joined"))
    return true;
  fmt::print(stderr, "hr_bench: the program did not join:\n{}", tool.transcript());
  return false;
}

// One save under hrwatch; false when no reload came.
bool reload_once(const Sandbox& sandbox, const Tool& tool, const std::string& text,
                 Measured& measured) {
  const std::size_t mark = tool.mark();
  const auto start = Clock::now();
  sandbox.write("unit_0.cpp", text);
  const auto change = tool.wait("change", mark);
  const double noticed = since(start);
  const auto reloaded = tool.wait("reloaded", mark, 120s);
  if (!change || !reloaded) {
    fmt::print(stderr, "hr_bench: no reload came:\n{}", tool.transcript());
    return false;
  }
  measured.reload.push_back(since(start));
  measured.noticed.push_back(noticed);
  measured.total.push_back((*reloaded)["total_ms"].get<double>());
  const Event& stages = (*reloaded)["stages_ms"];
  measured.settle.push_back(stages.value("settle", 0.0));
  measured.commit.push_back(stages.value("commit", 0.0));
  measured.load.push_back(stages.value("load", 0.0));
  measured.analyse.push_back(stages.value("analyse", 0.0));
  measured.publish.push_back(stages.value("publish", 0.0));
  return true;
}

// Clock ticks of processor time used so far, in milliseconds.
double processor_ms(pid_t process) {
  std::ifstream in(fmt::format("/proc/{}/stat", process));
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::istringstream fields(text.substr(std::min(text.rfind(')') + 2, text.size())));
  std::string skipped;
  for (int i = 0; i < 11; ++i)
    fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) * 1000.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// What is left of the verdict when the link is done.
Row verdict_row(const Measured& m, const std::string& name, int files) {
  const double limit = files < 100 ? 20 : 60, analyse = median(m.analyse);
  return {name + "  analyse: the verdict, after the link",
          analyse,
          spread(m.analyse),
          "ms",
          fmt::format("<= {} ms", limit),
          analyse <= limit};
}

std::vector<Row> rows_of(const Measured& m, int files) {
  const std::string name = files == 1 ? "one file: " : fmt::format("{} std-heavy files: ", files);
  const double reload = median(m.reload), ninja = median(m.ninja);
  std::vector<Row> rows = {
      {name + "plain ninja", ninja, spread(m.ninja)},
      {name + "save to reloaded, as seen from outside", reload, spread(m.reload)}};
  const double noise = spread(m.reload) + spread(m.ninja);
  if (files == 1)
    rows.push_back(
        {name + "the difference", reload - ninja, noise, "ms", "<= 15 ms", reload - ninja <= 15});
  else
    rows.push_back({name + "the ratio", reload / ninja, noise / ninja, "x", "<= 1.10",
                    reload / ninja <= 1.10});
  const double notice = median(m.noticed) - median(m.settle);
  rows.push_back({name + "save to change event, less settle", notice, spread(m.noticed), "ms",
                  "<= 5 ms", notice <= 5});
  rows.push_back({name + "total_ms of the event", median(m.total), spread(m.total)});
  rows.push_back({name + "  settle", median(m.settle), spread(m.settle)});
  rows.push_back(files == 1 ? Row{name + "  analyse", median(m.analyse), spread(m.analyse)}
                            : verdict_row(m, name, files));
  rows.push_back({name + "  publish", median(m.publish), spread(m.publish)});
  rows.push_back({name + "  load", median(m.load), spread(m.load)});
  const double commit = median(m.commit);
  rows.push_back({name + "  commit: the host's thread is held", commit, spread(m.commit), "ms",
                  "<= 0.1 ms", commit <= 0.1});
  return rows;
}

}  // namespace

std::vector<Row> measure_verdict(const std::filesystem::path& prefix, int files, int rounds) {
  const Sandbox hot("bench-verdict");
  if (!make_project(hot, prefix, files, part_source))
    return {};
  const Tool tool(prefix / "bin/hrwatch", {"--target", "game", "--build-dir", "build"}, hot.path());
  const Child program({.arguments = {hot.path("build/app")}, .folder = hot.path()});
  if (!joined(tool))
    return {};
  Measured measured;
  for (int round = 0; round <= rounds; ++round) {
    if (!reload_once(hot, tool, part_source(0, 1000 + round), measured))
      return {};
    if (round == 0)  // warms up
      measured = {};
  }
  return {verdict_row(measured, fmt::format("{} files of 80 lines: ", files), files)};
}

std::vector<Row> measure_reloads(const std::filesystem::path& prefix, int files, int rounds,
                                 int idle_seconds) {
  const Sandbox hot("bench-hot"), plain("bench-plain");
  const Sample sample = files == 1 ? small_source : std_heavy_source;
  if (!make_project(hot, prefix, files, sample) || !make_project(plain, prefix, files, sample))
    return {};
  const Tool tool(prefix / "bin/hrwatch", {"--target", "game", "--build-dir", "build"}, hot.path());
  const Child program({.arguments = {hot.path("build/app")}, .folder = hot.path()});
  if (!joined(tool))
    return {};
  Measured measured;
  for (int round = 0; round <= rounds; ++round) {
    const std::string text = sample(0, 1000 + round);
    if (!reload_once(hot, tool, text, measured))
      return {};
    plain.write("unit_0.cpp", text);
    measured.ninja.push_back(time_ninja(plain.path()));
    if (round == 0)  // warms up
      measured = {};
  }
  std::vector<Row> rows = rows_of(measured, files);
  if (idle_seconds > 0 && tool.settle(1s)) {
    const double before = processor_ms(tool.pid());
    // The measured interval itself: nothing is waited for.
    std::this_thread::sleep_for(std::chrono::seconds(idle_seconds));
    const double used = processor_ms(tool.pid()) - before;
    rows.push_back({fmt::format("idle tool: processor time in {} s", idle_seconds), used, 0, "ms",
                    "0 ms", used < 10.5});
  }
  return rows;
}

}  // namespace hrwatch::bench
