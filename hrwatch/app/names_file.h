// The file that tells programs what members of their classes are called. Knows no program.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "analysis/description.h"

namespace hrwatch::app {

// Replaces `file`, readable by this user alone. What can't be written is not there: the program
// starts with less of its state then.
void write_member_names(const std::filesystem::path& file,
                        const std::vector<std::shared_ptr<const analysis::Description>>& builds);

}  // namespace hrwatch::app
