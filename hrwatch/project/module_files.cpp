#include "project/module_files.h"

#include <algorithm>
#include <filesystem>

#include "project/json_reading.h"
#include "project/path_rules.h"

namespace hrwatch::project {

std::string modules_folder(const std::string& build_dir) {
  return build_dir + "/.hrwatch/modules";
}

void take_module_files(core::ProjectModel& model) {
  namespace fs = std::filesystem;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(modules_folder(model.build_dir), error)) {
    if (entry.path().extension() != ".json") {
      continue;
    }
    const nlohmann::json file = read_json(entry.path().string());
    const std::string config = text(file, "config");
    if (model.multi_config && config != model.config) {
      continue;
    }
    const auto target =
        std::find_if(model.targets.begin(), model.targets.end(),
                     [&](const core::Target& one) { return one.name == text(file, "target"); });
    if (target == model.targets.end() || text(file, "name").empty()) {
      continue;
    }
    target->hot = true;
    target->module = text(file, "name");
    target->artifact = absolute_path(text(file, "artifact"), model.build_dir);
    target->objects.clear();
    for (const nlohmann::json& object : list(file, "objects")) {
      target->objects.push_back(absolute_path(text_of(object), model.build_dir));
    }
  }
}

}  // namespace hrwatch::project
