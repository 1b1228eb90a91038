// The watcher: tells the loop which files changed, whichever way the system makes that known. Knows
// folders and files only; not what they mean to a build, and nothing of settling.
#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/event.h"
#include "wire/result.h"

namespace hrwatch::watcher {

// What to watch. All paths absolute and without "." or ".." parts.
struct WatchSet {
  std::vector<std::string> folders;           // each with its files, not what lies deeper
  std::vector<std::string> excluded;          // the build's: new folders there are not taken in
  std::unordered_set<std::string> dependent;  // files that are never taken for editor noise
};

struct Listener {
  // Called on the loop's thread, never from within Watcher's functions, with at least one event, in
  // the order in which things happened.
  std::function<void(std::vector<core::FileEvent>)> on_events;

  // Notices were lost. What had changed by comparison has been reported just before; what was being
  // written at that moment is not known.
  std::function<void(core::WatchOverflow)> on_overflow;

  // A watched folder inside an excluded one is gone (elsewhere the removed files say enough), or
  // the system's limit was reached after the start.
  std::function<void(core::WatchLost)> on_lost;
};

// One way of watching. A folder that vanishes stays wanted: it is picked up when it returns, and
// the difference to what was known is reported. A folder made inside a watched one is watched as
// well. All functions: loop's thread only.
class Watcher {
 public:
  virtual ~Watcher() = default;

  // Replaces the set. Folders that don't exist are waited for. Fails when the system allows no more
  // watches; what could be watched is watched then. Cost: a few us a folder and 1 us a file in it.
  virtual hr::wire::Result<hr::wire::Done> watch(const WatchSet& set) = 0;

  // Folders that are being watched at the moment, new ones inside them included.
  virtual std::size_t watched_folders() const = 0;
};

// Watches through the system's notices (Linux: inotify). Fails when the system has none to give.
hr::wire::Result<std::unique_ptr<Watcher>> make_native_watcher(uv_loop_t* loop, Listener listener);

// Watches by looking at every file each `interval_ms`: for network and shared folders whose changes
// the system doesn't announce. A change is reported once the file was the same in two looks.
std::unique_ptr<Watcher> make_poll_watcher(uv_loop_t* loop, Listener listener,
                                           std::uint64_t interval_ms);

}  // namespace hrwatch::watcher
