// What a platform provides for folder_snapshot.h: what is in a folder now. Knows no memory of it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "watcher/folder_snapshot.h"

namespace hrwatch::watcher {

// Calls `found` for each file and folder; nothing when the folder can't be read.
void read_folder(const std::string& folder,
                 const std::function<void(const std::string& name, const Stamp& stamp)>& found);

// One entry; nothing when it is not there, or is neither file nor folder.
std::optional<Stamp> read_entry(const std::string& path);

}  // namespace hrwatch::watcher
