// Which files the linkers of a project write, and others may hold. Pure: the model in, paths out.
#pragma once

#include <vector>

#include "build/linker_files.h"
#include "core/project_model.h"

namespace hrwatch::app {

// Programs and libraries that get loaded, and the .pdb beside each.
std::vector<build::LinkerFile> linker_outputs(const core::ProjectModel& model);

}  // namespace hrwatch::app
