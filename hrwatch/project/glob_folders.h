// The folders that file(GLOB ... CONFIGURE_DEPENDS) looks into: a file made there belongs to the
// project before CMake knows it. Reads <build>/CMakeFiles/VerifyGlobs.cmake, the only place where
// CMake before 4.1 says so. Knows nothing of targets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hrwatch::project {

struct GlobFolder {
  std::string path;
  bool recursive = false;

  friend bool operator==(const GlobFolder&, const GlobFolder&) = default;
};

// From the text of VerifyGlobs.cmake; each folder once. Pure.
std::vector<GlobFolder> glob_folders(std::string_view verify_globs);

// Reads the file of this build folder and adds the folders that are there below recursive ones,
// hidden ones and the build folder apart. Bounded: at most 4,096 folders.
std::vector<std::string> read_glob_folders(const std::string& build_dir);

}  // namespace hrwatch::project
