// The two ways in which Windows tells of changes, for who must choose one. Knows no session.
#pragma once

#include <memory>

#include "watcher/watcher.h"

namespace hrwatch::watcher {

enum class Reach {
  trees,   // one handle for a folder and all that lies below it: folders there may still be renamed
  folders  // one for each folder: the only one that wine 8 serves for folders that exist already
};

// What suits the system that runs this.
Reach suitable_reach();

std::unique_ptr<Watcher> make_windows_watcher(uv_loop_t* loop, Listener listener, Reach reach);

}  // namespace hrwatch::watcher
