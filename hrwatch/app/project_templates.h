// The templates of `hrwatch new`, which the tool carries along, and the writing of a new project.
#pragma once

#include <filesystem>
#include <vector>

#include "core/new_project.h"

namespace hrwatch::app {

// Every file below templates/, as it was when the tool was built.
std::vector<core::TemplateFile> project_templates();

// Makes `folder` with these files, or nothing. Errors: it exists, or can't be written.
hr::wire::Result<hr::wire::Done> write_project(const core::NewProject& project,
                                               const std::filesystem::path& folder);

}  // namespace hrwatch::app
