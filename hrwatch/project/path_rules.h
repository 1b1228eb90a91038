// Which files are the user's: neither the system's nor made by the build. Pure: paths are text, all
// absolute and normalised.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hrwatch::project {

// `path` made absolute against `folder` and freed of "." and ".." by name (not by asking the disk,
// as ninja does it).
std::string absolute_path(std::string_view path, std::string_view folder);

// The folder part; "/" for what lies in the root.
std::string folder_of(std::string_view path);

// True for the folder itself and all below it.
bool lies_within(std::string_view path, std::string_view folder);

class PathRules {
 public:
  // `system_folders`: the compilers' own include folders, beside /usr and the like.
  PathRules(std::string source_dir, std::string build_dir,
            std::vector<std::string> system_folders = {});

  // In the build folder, and not in a source folder inside it. Where source and build folder are
  // the same, only what CMake keeps in its own folders.
  bool made_by_build(std::string_view path) const;

  // Of the system or a compiler. A project that itself lies in such a folder is the user's.
  bool of_system(std::string_view path) const;

  bool of_user(std::string_view path) const { return !made_by_build(path) && !of_system(path); }

  const std::string& source_dir() const { return source_dir_; }

  const std::string& build_dir() const { return build_dir_; }

 private:
  std::string source_dir_;
  std::string build_dir_;
  std::vector<std::string> system_folders_;
};

}  // namespace hrwatch::project
