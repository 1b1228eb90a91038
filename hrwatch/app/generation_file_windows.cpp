#include <algorithm>
#include <system_error>
#include <vector>

#include "analysis/describe.h"
#include "app/generation_file.h"
#include "app/host_process.h"
#include "app/mapped_now_windows.h"
#include "core/linker_files.h"
#include "publish/publish.h"

namespace hrwatch::app {
namespace {

namespace fs = std::filesystem;

// Where a library may be that was renamed while a program had it loaded, so that its next build
// could be written: what the system says, and what the build room has renamed.
std::vector<fs::path> places_of(const std::string& path, int pid) {
  std::vector<fs::path> places{path};
  for (const MappedFile& file : mapped_files(pid)) {
    if (same_file_name(file.path, path)) {
      if (const std::string now = file_mapped_at(pid, file.begin); !now.empty()) {
        places.emplace_back(now);
      }
    }
  }
  const fs::path library = path;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(library.parent_path(), error)) {
    if (core::is_leftover(entry.path().filename().string(), library.filename().string())) {
      places.push_back(entry.path());
    }
  }
  return places;
}

}  // namespace

std::string kept_image(const hr::wire::ModuleState& module, int pid) {
  if (module.generations.empty() || module.generations.front().number != 0) {
    return {};
  }
  const std::string& build = module.generations.front().build_id;
  for (const fs::path& place : places_of(module.path, pid)) {
    if (const auto id = analysis::read_build_id(place); id.ok() && id.value() == build) {
      return place.generic_string();
    }
  }
  return {};
}

fs::path file_of_generation(const hr::wire::ModuleState& module, std::uint32_t generation, int pid,
                            const fs::path& copies) {
  if (generation != 0) {
    return publish::path_of_copy(copies, module.name, generation);
  }
  const std::string kept = kept_image(module, pid);
  return kept.empty() ? module.path : kept;
}

}  // namespace hrwatch::app
