#include <windows.h>

#include <filesystem>

#include "src/library_folders.h"

namespace hr::runtime {
namespace {

namespace fs = std::filesystem;

// The deepest folder on the way to `path` that is there, and what comes next.
WatchedName nearest(const fs::path& path) {
  std::error_code error;
  fs::path next = path;
  while (next.has_relative_path() && !fs::is_directory(next.parent_path(), error))
    next = next.parent_path();
  return {next.parent_path().generic_string(), next.filename().string()};
}

}  // namespace

std::string from_root(const std::string& path) {
  std::error_code error;
  const fs::path whole = fs::absolute(path, error);
  return error ? path : whole.generic_string();
}

std::vector<WatchedName> names_to_watch(const std::string& path) {
  return {nearest(path)};
}

bool is_absent(const std::string& path) {
  return GetFileAttributesW(fs::path(path).c_str()) == INVALID_FILE_ATTRIBUTES;
}

bool is_another_name(const std::string&) {
  return false;
}

}  // namespace hr::runtime
