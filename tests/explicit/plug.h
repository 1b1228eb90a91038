// The libraries of the tests, and the ways in which build tools put a new one in place. Knows no
// reload.
#pragma once

#include <hr/hr.hpp>
#include <string>

#include "support/sandbox.h"

namespace hrwatch::tests {

// As in fixtures/plug.c.
struct PlugTable {
  int version;
  int (*plus)(int);
  int version_again;
};

// The bytes of a library that was built for the tests: "1", "lacks", ...
std::string plug(const std::string& name);

// All of a file.
std::string file(const std::string& path);

// A library under one path, which the test replaces.
class Plug {
 public:
  explicit Plug(const std::string& purpose);

  std::string path() const { return sandbox_.path(name).generic_string(); }

  static constexpr const char* name = "lib/libplug" HR_TEST_PLUG_SUFFIX;

  const Sandbox& folder() const { return sandbox_; }

  // Renames a complete file over it, as mold does.
  void rename(const std::string& build) const;
  // Removes it and writes another, as ld, gold and lld do.
  void unlink_and_create(const std::string& build) const;
  // Truncates it and writes into the same file, as cp does.
  void truncate(const std::string& build) const;

 private:
  Sandbox sandbox_;
};

}  // namespace hrwatch::tests
