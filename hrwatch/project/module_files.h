// <build>/.hrwatch/modules/<name>.json: what add_hot_module() and target_hot_reload() write at
// generate time about each hot module. Knows that format only.
#pragma once

#include <string>

#include "core/project_model.h"

namespace hrwatch::project {

std::string modules_folder(const std::string& build_dir);

// Marks the targets of `model` that are hot in its configuration. Files that can't be read, or that
// name a target the project no longer has, are skipped.
void take_module_files(core::ProjectModel& model);

}  // namespace hrwatch::project
