// What came of the last build that hrwatch judged, for `hrwatch explain`:
// <build>/.hrwatch/last_build.txt, which stays when the session ends. Knows the news, not how they
// came about.
#pragma once

#include <filesystem>
#include <string>

#include "core/news.h"

namespace hrwatch::app {

class LastBuild {
 public:
  explicit LastBuild(const std::filesystem::path& build_dir)
      : file_(build_dir / ".hrwatch" / "last_build.txt") {}

  // A save begins a new record; what its build comes to is written at once. Failing is harmless.
  void note(const core::News& news);

  // "" when there is none.
  static std::string read(const std::filesystem::path& build_dir);

 private:
  std::filesystem::path file_;
  std::string text_;
};

}  // namespace hrwatch::app
