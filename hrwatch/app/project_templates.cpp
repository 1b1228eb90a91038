#include "app/project_templates.h"

#include <fstream>
#include <system_error>

namespace hrwatch::app {
namespace {

namespace fs = std::filesystem;
using hr::wire::Failure;

bool write_file(const fs::path& path, const std::string& content) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream out(path, std::ios::binary);
  out << content;
  out.close();
  return !error && out.good();
}

}  // namespace

hr::wire::Result<hr::wire::Done> write_project(const core::NewProject& project,
                                               const fs::path& folder) {
  std::error_code error;
  const fs::path whole = fs::absolute(folder, error).lexically_normal();
  if (fs::symlink_status(whole, error).type() != fs::file_type::not_found) {
    return Failure{folder.string() + " exists already", "nothing that exists is written over",
                   "name a folder that does not exist yet"};
  }
  fs::create_directories(whole, error);
  for (const auto& file : project.files) {
    if (error || !write_file(whole / file.path, file.content)) {
      std::error_code ignored;
      fs::remove_all(whole, ignored);
      return Failure{folder.string() + " can't be written",
                     error ? error.message() : "the disk is full, or the folder is not yours",
                     "name a folder that you may write to"};
    }
  }
  return hr::wire::Done{};
}

}  // namespace hrwatch::app
