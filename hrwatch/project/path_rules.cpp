#include "project/path_rules.h"

#include <algorithm>
#include <utility>

namespace hrwatch::project {

namespace {

// "C:" of "C:/p", where paths have drives.
std::string_view drive_of(std::string_view path) {
  const bool letter =
      !path.empty() && ((path[0] >= 'a' && path[0] <= 'z') || (path[0] >= 'A' && path[0] <= 'Z'));
  return letter && path.size() > 2 && path[1] == ':' && (path[2] == '/' || path[2] == '\\')
             ? path.substr(0, 2)
             : std::string_view();
}

std::string normalised(std::string_view whole) {
  std::string normal;
  for (std::size_t at = 0; at < whole.size();) {
    const std::size_t end = std::min(whole.find('/', at), whole.size());
    const std::string_view part = std::string_view(whole).substr(at, end - at);
    if (part == "..") {
      normal.resize(normal.empty() ? 0 : normal.rfind('/'));
    } else if (!part.empty() && part != ".") {
      normal.append("/").append(part);
    }
    at = end + 1;
  }
  return normal.empty() ? "/" : normal;
}

}  // namespace

std::string absolute_path(std::string_view path, std::string_view folder) {
  std::string text(path);
  if (!drive_of(folder).empty() || !drive_of(path).empty()) {
    std::replace(text.begin(), text.end(), '\\', '/');  // as Windows' tools print them
  }
  if (!drive_of(text).empty()) {
    return std::string(drive_of(text)) + normalised(std::string_view(text).substr(2));
  }
  const std::string whole = text.starts_with('/') ? text : std::string(folder) + "/" + text;
  const std::string_view drive = drive_of(folder);
  return std::string(drive) +
         normalised(text.starts_with('/') ? whole : std::string_view(whole).substr(drive.size()));
}

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/" : std::string(path.substr(0, slash));
}

bool lies_within(std::string_view path, std::string_view folder) {
  if (folder == "/") {
    return path.starts_with('/');
  }
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

PathRules::PathRules(std::string source_dir, std::string build_dir,
                     std::vector<std::string> system_folders)
    : source_dir_(std::move(source_dir)),
      build_dir_(std::move(build_dir)),
      system_folders_(std::move(system_folders)) {
  for (const char* folder : {"/usr", "/opt", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/etc",
                             "/nix/store", "/gnu/store", "/snap", "/proc", "/sys", "/dev"}) {
    system_folders_.emplace_back(folder);
  }
}

bool PathRules::made_by_build(std::string_view path) const {
  if (!lies_within(path, build_dir_)) {
    return false;
  }
  if (source_dir_ == build_dir_) {
    const std::string_view inside = path.substr(std::min(path.size(), build_dir_.size()));
    return inside.find("/CMakeFiles/") != std::string_view::npos ||
           inside.starts_with("/.cmake/") || inside.starts_with("/.hrwatch/") ||
           inside.find("_autogen/") != std::string_view::npos;
  }
  return !(lies_within(source_dir_, build_dir_) && lies_within(path, source_dir_));
}

bool PathRules::of_system(std::string_view path) const {
  if (lies_within(path, source_dir_)) {
    return false;
  }
  return std::any_of(system_folders_.begin(), system_folders_.end(),
                     [path](const std::string& folder) { return lies_within(path, folder); });
}

}  // namespace hrwatch::project
