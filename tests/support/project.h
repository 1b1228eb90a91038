// A CMake project as a user has one: a hot module and a program that calls it all the time. Knows
// no reload; uses an installed hrwatch.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "support/child.h"
#include "support/sandbox.h"
#include "support/tool.h"

namespace hrwatch::tests {

// Where the tests' install of the product is, and the tool in it.
std::filesystem::path installed_prefix();
std::filesystem::path installed_tool();

// A program that prints a line `LABEL <label> <counter>` whenever the module's label changes.
struct ShowingProgram {
  std::string includes = {};  // lines before main()
  std::string once = {};      // statements before the loop
  std::string each = {};      // statements at the beginning of every turn
  std::string counter = "tick()";

  std::string source() const;
};

class Project {
 public:
  // Writes the project: CMakeLists.txt, game.h, game.cpp, main.cpp; `with_cmake` is added to the
  // CMakeLists.txt. Does not configure.
  explicit Project(const std::string& name, const std::string& with_cmake = "");

  // cmake and ninja; false (with output printed) when one fails.
  bool build(const std::string& cmake_arguments = "");

  // `hrwatch --json --target game --build-dir build` in the project folder.
  std::unique_ptr<Tool> start_tool(std::vector<std::string> more = {}, ChildOptions options = {});

  // The program, a ShowingProgram.
  std::unique_ptr<Child> start_program();

  // Changes the label in game.cpp, by truncate-and-write.
  void set_label(const std::string& label);
  std::string source_with(const std::string& label) const;

  Sandbox& folder() { return sandbox_; }

 private:
  Sandbox sandbox_;
};

// What the program printed last: its label, and the counter that lives in the module.
struct Shown {
  std::string label;
  long counter = 0;
};

std::optional<Shown> last_shown(const Child& program);

// The program shows `label` within `deadline`.
bool shows(const Child& program, const std::string& label,
           std::chrono::milliseconds deadline = std::chrono::seconds(30));

}  // namespace hrwatch::tests
