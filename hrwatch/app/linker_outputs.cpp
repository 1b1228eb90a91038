#include "app/linker_outputs.h"

#include <filesystem>

namespace hrwatch::app {

std::vector<build::LinkerFile> linker_outputs(const core::ProjectModel& model) {
  std::vector<build::LinkerFile> files;
  for (const core::Target& target : model.targets) {
    const bool loaded = target.kind == core::TargetKind::executable ||
                        target.kind == core::TargetKind::shared ||
                        target.kind == core::TargetKind::module;
    if (!loaded || target.artifact.empty()) {
      continue;
    }
    files.push_back({target.artifact, ""});
    files.push_back(
        {std::filesystem::path(target.artifact).replace_extension(".pdb").generic_string(), ""});
  }
  return files;
}

}  // namespace hrwatch::app
