// A whole project as a user has it, an example or a new one: copied into a folder of its own, built
// against the installed hrwatch, run and edited there. Knows no reload.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/child.h"
#include "support/sandbox.h"

namespace hrwatch::tests {

class Example {
 public:
  // Copies what is in `folder`, apart from its build folders.
  explicit Example(const std::filesystem::path& folder);

  // `cmake --preset ...` and `cmake --build ...`, as its README says: "hot" in build, "release" in
  // build-release. False (with output printed) when one fails.
  bool make(const std::string& preset) const;
  // Builds anew, as a user does in another terminal.
  bool build() const;
  // All that a program of it prints until it ends with 0.
  std::string output(const std::string& program, std::vector<std::string> arguments) const;
  std::unique_ptr<Child> start(const std::string& program,
                               std::vector<std::string> arguments = {}) const;

  const Sandbox& folder() const { return sandbox_; }

 private:
  bool run(const std::vector<std::string>& command) const;

  Sandbox sandbox_;
};

// It prints `words` within `deadline`, after what it had printed before the mark.
class Listener {
 public:
  explicit Listener(const Child& program) : program_(program) {}

  bool hears(const std::string& words);
  // From now on only what is printed later counts.
  void forget();

  std::string all() const;

 private:
  const Child& program_;
  std::size_t lines_ = 0;
  std::size_t errors_ = 0;
};

}  // namespace hrwatch::tests
