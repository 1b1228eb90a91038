// Which files the linkers of a project write, and others may hold. Asks the disk only for
// response files.
#pragma once

#include <vector>

#include "build/linker_files.h"
#include "core/project_model.h"

namespace hrwatch::build {

// Programs and libraries that get loaded, and the .pdb beside each; its response file is
// <build>/.hrwatch/link/<target>.rsp where there is one (<target>.<configuration>.rsp in a build
// folder with several). `targets`: only what a build of these writes; empty = of all.
std::vector<LinkerFile> linker_outputs(const core::ProjectModel& model,
                                       const std::vector<std::string>& targets = {});

}  // namespace hrwatch::build
