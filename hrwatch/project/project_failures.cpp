#include "project/project_failures.h"

#include <algorithm>
#include <filesystem>

#include "project/file_api.h"

namespace hrwatch::project {
namespace {

using hr::wire::Failure;
namespace fs = std::filesystem;

constexpr std::size_t shown_bytes = 2000;

Failure no_build_folder(const std::string& build_dir) {
  return {"there is no build in " + build_dir, "the folder has no CMakeCache.txt",
          "cmake -G Ninja -DCMAKE_BUILD_TYPE=Debug -S <source folder> -B " + build_dir};
}

Failure other_generator(const std::string& build_dir, const std::string& generator) {
  const std::string source = cache_entry(build_dir, "CMAKE_HOME_DIRECTORY");
  return {"hrwatch cannot build with " + generator,
          "the build folder " + build_dir +
              " was made for it; hrwatch runs ninja and reads its dependencies",
          "cmake -G Ninja -DCMAKE_BUILD_TYPE=Debug -S " + source + " -B " + build_dir + "-ninja"};
}

}  // namespace

std::optional<Failure> check_build_folder(const std::string& build_dir) {
  std::error_code error;
  if (!fs::exists(build_dir + "/CMakeCache.txt", error)) {
    return no_build_folder(build_dir);
  }
  const std::string generator = cache_entry(build_dir, "CMAKE_GENERATOR");
  if (generator != "Ninja" && generator != "Ninja Multi-Config") {
    return other_generator(build_dir, generator.empty() ? "an unknown generator" : generator);
  }
  return std::nullopt;
}

Failure cmake_is_silent(const std::string& build_dir) {
  return {"CMake does not tell about the project",
          "it ran, but left no reply in " + reply_folder(build_dir) +
              " (CMake before 3.23, or the folder can't be written)",
          "cmake --version   (3.23 or newer is needed), then: cmake " + build_dir};
}

Failure cmake_did_not_start(const std::string& program) {
  return {"cannot run CMake", program + " could not be started",
          "install cmake, or configure the build folder again: cmake -S <source> -B <build>"};
}

Failure cmake_failed(const std::string& build_dir, const std::string& output) {
  // From the first error on; what CMake said before is of no interest.
  std::size_t begin = output.find("CMake Error");
  if (begin == std::string::npos) {
    begin = output.size() - std::min(output.size(), shown_bytes);
  }
  return {"CMake failed", output.substr(begin, shown_bytes),
          "mend what it names, then: cmake " + build_dir};
}

}  // namespace hrwatch::project
