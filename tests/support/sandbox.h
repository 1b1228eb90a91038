// A folder of a test's own, removed afterwards; kept and named when the test failed. Knows no
// product.
#pragma once

#include <filesystem>
#include <string>

namespace hrwatch::tests {

class Sandbox {
 public:
  // Makes an empty folder below the temporary folder; `name` is a part of its name.
  explicit Sandbox(const std::string& name);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  std::filesystem::path path(const std::string& relative = "") const;

  // Truncates and writes, as most programs do.
  void write(const std::string& relative, const std::string& text) const;

  // Writes beside and renames over, so that no half-written file is ever seen.
  void replace(const std::string& relative, const std::string& text) const;

  // "" when there is no such file.
  std::string read(const std::string& relative) const;

  // Replaces the first `from` in a file by `to`, by truncate-and-write. False when it is not there.
  bool edit(const std::string& relative, const std::string& from, const std::string& to) const;

  // Leaves the folder to the human and prints its path.
  void eject() { ejected_ = true; }

 private:
  std::filesystem::path folder_;
  bool ejected_ = false;
  int exceptions_;
};

}  // namespace hrwatch::tests
