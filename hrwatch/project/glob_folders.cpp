#include "project/glob_folders.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "project/path_rules.h"

namespace hrwatch::project {
namespace {

constexpr std::size_t max_folders = 4096;

// The part of a pattern before its first wildcard's folder: "/p/src/*/a.c" -> "/p/src".
std::string fixed_folder(std::string_view pattern) {
  const std::size_t wildcard = pattern.find_first_of("*?[");
  return folder_of(pattern.substr(0, wildcard));
}

void add_below(std::set<std::string>& folders, const std::string& top,
               const std::string& build_dir) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::recursive_directory_iterator walk(top, fs::directory_options::skip_permission_denied, error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    std::error_code ignored;
    if (!walk->is_directory(ignored) || walk->is_symlink(ignored)) {
      continue;
    }
    const std::string path = walk->path().string();
    if (walk->path().filename().string().starts_with('.') || path == build_dir) {
      walk.disable_recursion_pending();
      continue;
    }
    if (folders.size() >= max_folders) {
      return;
    }
    folders.insert(path);
  }
}

}  // namespace

std::vector<GlobFolder> glob_folders(std::string_view verify_globs) {
  std::vector<GlobFolder> folders;
  for (std::size_t at = 0; at < verify_globs.size();) {
    const std::size_t end = std::min(verify_globs.find('\n', at), verify_globs.size());
    const std::string_view line = verify_globs.substr(at, end - at);
    at = end + 1;
    const bool recursive = line.starts_with("file(GLOB_RECURSE ");
    const std::size_t last = line.rfind("\")");
    if ((!recursive && !line.starts_with("file(GLOB ")) || last == std::string_view::npos) {
      continue;
    }
    const std::size_t quote = last == 0 ? std::string_view::npos : line.rfind('"', last - 1);
    if (quote == std::string_view::npos || line[quote + 1] != '/') {
      continue;
    }
    const std::string_view pattern = line.substr(quote + 1, last - quote - 1);
    // A wildcard in a folder's name may name any folder below.
    const std::size_t wildcard = pattern.find_first_of("*?[");
    const bool deep =
        wildcard != std::string_view::npos && pattern.find('/', wildcard) != std::string_view::npos;
    GlobFolder folder{fixed_folder(pattern), recursive || deep};
    if (std::find(folders.begin(), folders.end(), folder) == folders.end()) {
      folders.push_back(std::move(folder));
    }
  }
  return folders;
}

std::vector<std::string> read_glob_folders(const std::string& build_dir) {
  std::ifstream file(build_dir + "/CMakeFiles/VerifyGlobs.cmake", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::set<std::string> folders;
  for (const GlobFolder& folder : glob_folders(text)) {
    folders.insert(folder.path);
    if (folder.recursive) {
      add_below(folders, folder.path, build_dir);
    }
  }
  return {folders.begin(), folders.end()};
}

}  // namespace hrwatch::project
