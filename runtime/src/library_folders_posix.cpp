#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>

#include "src/library_folders.h"

namespace hr::runtime {
namespace {

bool is_folder(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// The deepest folder on the way to `path` that is there, and what comes next.
WatchedName nearest(const std::string& path) {
  std::string way = path;
  for (;;) {
    const auto slash = way.rfind('/');
    if (slash == std::string::npos || slash == 0)
      return {"/", way.substr(slash == std::string::npos ? 0 : 1)};
    const std::string folder = way.substr(0, slash);
    if (is_folder(folder))
      return {folder, way.substr(slash + 1)};
    way = folder;
  }
}

}  // namespace

std::string from_root(const std::string& path) {
  if (path.rfind('/', 0) == 0)
    return path;
  char* folder = ::getcwd(nullptr, 0);  // allocates (glibc)
  const std::string result = folder != nullptr ? std::string(folder) + "/" + path : path;
  std::free(folder);
  return result;
}

std::vector<WatchedName> names_to_watch(const std::string& path) {
  std::vector<WatchedName> names = {nearest(path)};
  char* real = ::realpath(path.c_str(), nullptr);
  if (real != nullptr && real != path)
    names.push_back(nearest(real));
  std::free(real);
  return names;
}

bool is_absent(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) != 0;
}

bool is_another_name(const std::string& path) {
  struct stat status = {};
  return ::lstat(path.c_str(), &status) == 0 &&
         (S_ISLNK(status.st_mode) || S_ISDIR(status.st_mode) || status.st_nlink > 1);
}

}  // namespace hr::runtime
