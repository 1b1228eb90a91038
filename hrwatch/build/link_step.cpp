#include "build/link_step.h"

#include <filesystem>

#include "build/linker_files.h"

namespace hrwatch::build {
namespace {

namespace fs = std::filesystem;

std::string whole(const std::string& path) {
  std::error_code error;
  return path.empty() ? path : fs::absolute(path, error).generic_string();
}

}  // namespace

hr::wire::Result<hr::wire::Done> make_way_for_link(const std::vector<std::string>& outputs,
                                                   const std::string& response_file) {
  std::vector<LinkerFile> files;
  for (const std::string& output : outputs) {
    const bool pdb = fs::path(output).extension() == ".pdb";
    files.push_back({whole(output), pdb ? whole(response_file) : ""});
  }
  auto made = make_way(files);
  // Afterwards: a name that is free again is not to be given at once to what is renamed now.
  remove_asides(files);
  return made;
}

}  // namespace hrwatch::build
