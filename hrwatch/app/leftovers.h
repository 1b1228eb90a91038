// What links and reloads leave in the build folder where files that are open can't be replaced
// (Windows): libraries and .pdb files that were renamed aside, published copies. Elsewhere there is
// nothing of it, and nothing is done.
#pragma once

#include <filesystem>

#include "core/project_model.h"

namespace hrwatch::app {

// Removes what earlier links of the project left; what somebody has open stays for the next time.
// Cost: reads the names in the folders of programs and libraries.
void remove_link_leftovers(const core::ProjectModel& model);

// At the end of a session: the copies that no program has loaded. `gen`: their folder.
void remove_published_leftovers(const std::filesystem::path& gen);

}  // namespace hrwatch::app
