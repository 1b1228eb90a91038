// Finds the build folder that the user means without having to name it.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "project/file_api.h"
#include "project/module_files.h"
#include "project/project.h"

namespace hrwatch::project {
namespace {

using hr::wire::Failure;
using hr::wire::Result;
namespace fs = std::filesystem;

bool is_build_folder(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / "CMakeCache.txt", error);
}

bool has_hot_modules(const std::string& folder) {
  std::error_code error;
  const fs::directory_iterator files(modules_folder(folder), error);
  return !error && files != fs::directory_iterator();
}

void add_below(std::vector<std::string>& found, const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (is_build_folder(entry.path())) {
      found.push_back(entry.path().generic_string());
    }
  }
}

// The build folders in the places where people and IDEs put them.
std::vector<std::string> candidates(const fs::path& folder) {
  std::vector<std::string> found;
  if (is_build_folder(folder)) {
    found.push_back(folder.generic_string());
  }
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("build") && !name.starts_with("cmake-build") && name != "out" &&
        name != "bin") {
      continue;
    }
    if (is_build_folder(entry.path())) {
      found.push_back(entry.path().generic_string());
    } else {
      add_below(found, entry.path());
      add_below(found, entry.path() / "build");
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string joined(const std::vector<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) {
    text += (text.empty() ? "" : ", ") + path;
  }
  return text;
}

}  // namespace

Result<std::string> find_build_folder(const std::string& folder) {
  fs::path here(folder);
  for (;; here = here.parent_path()) {
    std::vector<std::string> found = candidates(here);
    std::vector<std::string> hot;
    std::copy_if(found.begin(), found.end(), std::back_inserter(hot), has_hot_modules);
    if (hot.size() == 1 || (hot.empty() && found.size() == 1)) {
      return hot.empty() ? found.front() : hot.front();
    }
    if (found.size() > 1) {
      return Failure{"there are several build folders",
                     "any of these may be meant: " + joined(hot.empty() ? found : hot),
                     "name one: hrwatch --build-dir " + (hot.empty() ? found : hot).front()};
    }
    if (here == here.parent_path()) {
      break;
    }
  }
  return Failure{"there is no build folder here",
                 "neither " + folder + " nor a folder above it has a build with a CMakeCache.txt",
                 "cmake -G Ninja -DCMAKE_BUILD_TYPE=Debug -S . -B build   (or name it: hrwatch "
                 "--build-dir <folder>)"};
}

}  // namespace hrwatch::project
