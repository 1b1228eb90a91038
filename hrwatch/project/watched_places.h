// Which folders must be watched so that no change of the project goes unnoticed. Reads the disk
// only to follow symbolic links.
#pragma once

#include <vector>

#include "core/project_model.h"
#include "project/path_rules.h"

namespace hrwatch::project {

// Adds to `model`: for each file that is a symbolic link, the file it leads to, as a file of the
// same targets; then watched_folders (of sources, headers, CMake's inputs and globs, and the two
// folders in the build folder that CMake writes when it runs) and artifact_folders. Cost: about 1
// us a file.
void complete_places(core::ProjectModel& model, const PathRules& rules);

}  // namespace hrwatch::project
