// Small edits as a working day has them: a number, a statement, a static, a lambda, a function, a
// text, and the undoing of some. Knows C++ only as lines; every result compiles.
#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace hrwatch::tests {

class OrdinaryEdits {
 public:
  // The same seed gives the same history.
  explicit OrdinaryEdits(unsigned seed) : random_(seed) {}

  // The next edit of a source whose functions stand at file or namespace scope, unindented, and are
  // indented by two. `kind` says what was done.
  std::string apply(const std::string& source, std::string& kind);

 private:
  std::mt19937 random_;
  int number_ = 0;

  using Lines = std::vector<std::string>;
  std::optional<std::size_t> pick(const std::vector<std::size_t>& places);
  bool change_number(Lines& lines);
  bool remove_added(Lines& lines);
  bool add_function(Lines& lines);
  void add_statement(Lines& lines, std::string& kind);
};

}  // namespace hrwatch::tests
