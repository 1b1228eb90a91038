#include "app/build_folder.h"

#include <filesystem>
#include <system_error>

#include "project/project.h"

namespace hrwatch::app {

hr::wire::Result<std::string> build_folder(const std::string& given) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (given.empty()) {
    return project::find_build_folder(fs::current_path(error).generic_string());
  }
  auto folder = fs::weakly_canonical(fs::absolute(given, error), error);
  if (!error && fs::exists(folder / "CMakeCache.txt", error)) {
    return folder.generic_string();
  }
  return hr::wire::Failure{"there is no build in " + given, "the folder has no CMakeCache.txt",
                           "configure it: cmake -G Ninja -DCMAKE_BUILD_TYPE=Debug -B " + given};
}

}  // namespace hrwatch::app
