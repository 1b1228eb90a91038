#include "support/project.h"

#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "support/wait.h"

namespace hrwatch::tests {

namespace {

const char* const cmake_lists = R"(cmake_minimum_required(VERSION 3.23)
project(sample LANGUAGES C CXX)
find_package(hrwatch REQUIRED)
add_hot_module(game game.cpp)
add_executable(app main.cpp)
target_link_libraries(app PRIVATE game)
)";

const char* const header = R"(#pragma once
const char* label();
long tick();
)";

}  // namespace

std::filesystem::path installed_prefix() {
  return HR_TEST_PREFIX;
}

std::filesystem::path installed_tool() {
  return installed_prefix() / "bin" / "hrwatch";
}

std::string ShowingProgram::source() const {
  return R"(#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
)" + includes +
         R"(
#include "game.h"

int main() {
  std::string shown;
)" + once +
         "  for (;;) {\n" + each + "    const long counter = " + counter +
         R"(;
    if (shown != label()) {
      shown = label();
      std::printf("LABEL %s %ld\n", shown.c_str(), counter);
      std::fflush(stdout);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}
)";
}

Project::Project(const std::string& name, const std::string& with_cmake) : sandbox_(name) {
  sandbox_.write("CMakeLists.txt", cmake_lists + with_cmake);
  sandbox_.write("game.h", header);
  sandbox_.write("main.cpp", ShowingProgram().source());
  sandbox_.write("game.cpp", source_with("first"));
}

std::string Project::source_with(const std::string& label) const {
  return "#include \"game.h\"\n\nstatic long counter = 0;\n\nlong tick() { return ++counter; }\n\n"
         "const char* label() { return \"" +
         label + "\"; }\n";
}

void Project::set_label(const std::string& label) {
  sandbox_.write("game.cpp", source_with(label));
}

bool Project::build(const std::string& cmake_arguments) {
  std::vector<std::string> configure = {"cmake",
                                        "-S.",
                                        "-Bbuild",
                                        "-GNinja",
                                        "-DCMAKE_BUILD_TYPE=Debug",
                                        "-DCMAKE_PREFIX_PATH=" + installed_prefix().string()};
  std::istringstream words(cmake_arguments);
  for (std::string word; words >> word;)
    configure.push_back(word);
  for (const auto& command : {configure, std::vector<std::string>{"ninja", "-C", "build"}}) {
    const Outcome outcome = run({.arguments = command, .folder = sandbox_.path()});
    if (outcome.status != 0) {
      std::printf("%s%s", outcome.output.c_str(), outcome.errors.c_str());
      sandbox_.eject();
      return false;
    }
  }
  return true;
}

std::unique_ptr<Tool> Project::start_tool(std::vector<std::string> more, ChildOptions options) {
  std::vector<std::string> arguments = {"--target", "game", "--build-dir", "build"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return std::make_unique<Tool>(installed_tool(), arguments, sandbox_.path(), std::move(options));
}

std::unique_ptr<Child> Project::start_program() {
  return std::make_unique<Child>(
      ChildOptions{.arguments = {sandbox_.path("build/app")}, .folder = sandbox_.path()});
}

std::optional<Shown> last_shown(const Child& program) {
  const std::vector<std::string> lines = program.lines();
  if (lines.empty())
    return std::nullopt;
  std::istringstream words(lines.back());
  std::string word;
  Shown shown;
  words >> word >> shown.label >> shown.counter;
  return shown;
}

bool shows(const Child& program, const std::string& label, std::chrono::milliseconds deadline) {
  return wait_until(
      [&] {
        const auto shown = last_shown(program);
        return shown && shown->label == label;
      },
      deadline);
}

}  // namespace hrwatch::tests
