// Counts the checks of one matrix row and compares the failures with the limits known for it. Knows
// no module and no reload.
#pragma once

#include <string>
#include <vector>

// A check that is known to fail in some rows, and why.
struct KnownLimit {
  std::string check;
  std::string reason;
};

class Report {
 public:
  // Reads the limits that hold for `row` from `file`: lines `row pattern | check | reason`, where
  // the pattern may hold `*`. Returns false when the file can't be read or a line is malformed.
  bool read_limits(const std::string& file, const std::string& row);

  // What the following checks are about ("version 2").
  void section(const std::string& name);

  void check(const char* name, bool passed);

  // Prints `N passed, M failed` and everything unexpected, and writes the same to `file` for the
  // table in README.md. 0 when every failure is a known limit and every known limit still shows.
  int finish(const std::string& file) const;

 private:
  void write(const std::string& file, int unexpected) const;

  std::string section_;
  std::vector<KnownLimit> limits_;
  std::vector<std::string> failed_names_;
  std::vector<std::string> failures_;  // with their section
  int passed_ = 0;
};
