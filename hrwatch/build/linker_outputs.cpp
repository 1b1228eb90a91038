#include "build/linker_outputs.h"

#include <algorithm>
#include <filesystem>

namespace hrwatch::build {

namespace {

// Whether a build of `targets` builds this one: it is among them, or one of them needs it.
bool is_built(const core::ProjectModel& model, const core::Target& target,
              const std::vector<std::string>& targets) {
  const auto names = [&](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), target.name) != list.end();
  };
  return targets.empty() || names(targets) ||
         std::any_of(model.targets.begin(), model.targets.end(), [&](const core::Target& built) {
           return std::find(targets.begin(), targets.end(), built.name) != targets.end() &&
                  names(built.dependencies);
         });
}

}  // namespace

std::vector<LinkerFile> linker_outputs(const core::ProjectModel& model,
                                       const std::vector<std::string>& targets) {
  std::vector<LinkerFile> files;
  for (const core::Target& target : model.targets) {
    if (!is_built(model, target, targets)) {
      continue;
    }
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
