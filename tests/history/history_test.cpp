// No false alarm on ordinary work: a day's small edits, each of which must go live.
#include <fstream>
#include <sstream>

#include "ordinary_edits.h"
#include "support/catch.h"
#include "support/project.h"

namespace hrwatch::tests {

namespace {

constexpr int edits = 200;

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

bool build(const Sandbox& folder) {
  const Outcome configured =
      run({.arguments = {"cmake", "-S.", "-Bbuild", "-GNinja", "-DCMAKE_BUILD_TYPE=Debug",
                         "-DCMAKE_PREFIX_PATH=" + installed_prefix().string()},
           .folder = folder.path()});
  const Outcome built = run({.arguments = {"ninja", "-C", "build"}, .folder = folder.path()});
  INFO(configured.output + configured.errors + built.output);
  REQUIRE(configured.status == 0);
  REQUIRE(built.status == 0);
  return true;
}

// Edits `files` in turn; every edit must be reloaded by `program`.
void work(const Sandbox& folder, const std::vector<std::string>& files, Child& program) {
  Tool tool(installed_tool(), {"--target", "game", "--build-dir", "build"}, folder.path());
  REQUIRE(tool.wait("app_joined"));
  REQUIRE(tool.wait("build_finished"));
  OrdinaryEdits day(20261121);
  for (int i = 0; i < edits; ++i) {
    const std::string& file = files[static_cast<std::size_t>(i) % files.size()];
    std::string kind;
    const std::string text = day.apply(folder.read(file), kind);
    const std::size_t from = tool.mark();
    folder.write(file, text);
    const auto came = tool.wait("reloaded", from, std::chrono::seconds(60));
    if (!came) {
      UNSCOPED_INFO("edit " << i << " of " << file << ": " << kind << "\n" << tool.transcript());
      REQUIRE(came);
    }
    REQUIRE(program.running());
  }
  CHECK(tool.count("reloaded") == edits);
  CHECK(tool.count("refused") == 0);
  CHECK(tool.count("build_failed") == 0);
}

}  // namespace

TEST_CASE("200 small edits of the example game go live") {
  const Sandbox folder("history-game");
  std::filesystem::copy(HR_EXAMPLES "/02-game", folder.path(),
                        std::filesystem::copy_options::recursive);
  REQUIRE(build(folder));
  Child program({.arguments = {(folder.path() / "build" / "rocks").string()},
                 .folder = folder.path(),
                 .environment = {{"SDL_VIDEODRIVER", "dummy"}}});
  work(folder, {"game.cpp", "entities.cpp", "stars.cpp"}, program);
}

TEST_CASE("200 small edits of a module of ten larger files go live") {
  constexpr int units = 10;
  const Sandbox folder("history-large");
  const std::string sample = text_of(HR_SAMPLE "/unit.cpp.in");
  std::string list, calls, declarations;
  std::vector<std::string> files;
  for (int i = 0; i < units; ++i) {
    const std::string number = std::to_string(i);
    files.push_back("unit_" + number + ".cpp");
    folder.write(files.back(), replaced(replaced(sample, "@NUMBER@", number), "@EDIT@", "1"));
    list += " " + files.back();
    declarations += "int unit_" + number + "();\n";
    calls += "    sum += unit_" + number + "();\n";
  }
  folder.write("world.h", text_of(HR_SAMPLE "/world.h"));
  folder.write("CMakeLists.txt",
               "cmake_minimum_required(VERSION 3.23)\nproject(large LANGUAGES C CXX)\n"
               "find_package(hrwatch REQUIRED)\nadd_hot_module(game" +
                   list + ")\nadd_executable(app main.cpp)\ntarget_link_libraries(app game)\n");
  folder.write("main.cpp", "#include <unistd.h>\n" + declarations +
                               "int main() {\n  for (int sum = 0;;) {\n" + calls +
                               "    usleep(2000);\n    if (sum == 42) return 1;\n  }\n}\n");
  REQUIRE(build(folder));
  Child program(
      {.arguments = {(folder.path() / "build" / "app").string()}, .folder = folder.path()});
  work(folder, files, program);
}

}  // namespace hrwatch::tests
