#include "build/linker_outputs.h"

#include <filesystem>

namespace hrwatch::build {

std::vector<LinkerFile> linker_outputs(const core::ProjectModel& model) {
  std::vector<LinkerFile> files;
  for (const core::Target& target : model.targets) {
    const bool loaded = target.kind == core::TargetKind::executable ||
                        target.kind == core::TargetKind::shared ||
                        target.kind == core::TargetKind::module;
    if (!loaded || target.artifact.empty()) {
      continue;
    }
    files.push_back({target.artifact, ""});
    const std::string names = model.build_dir + "/.hrwatch/link/" + target.name +
                              (model.multi_config ? "." + model.config : "") + ".rsp";
    std::error_code error;
    files.push_back(
        {std::filesystem::path(target.artifact).replace_extension(".pdb").generic_string(),
         std::filesystem::exists(names, error) ? names : ""});
  }
  return files;
}

}  // namespace hrwatch::build
