#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "watcher/folder_snapshot.h"
#include "watcher/inotify_watches.h"
#include "watcher/watched_folders.h"
#include "watcher/watcher.h"

namespace hrwatch::watcher {
namespace {

using core::FileChange;
using hr::wire::Done;
using hr::wire::Failure;
using hr::wire::Result;

// Enough for about 1,500 notices with names as long as sources have; the rest comes in the next
// read.
constexpr std::size_t read_bytes = 64 * 1024;

// After this many reads in a row the loop gets its turn, so that a flood can't starve it.
constexpr int reads_per_turn = 16;

std::string system_limit(const char* name) {
  std::ifstream file(std::string("/proc/sys/fs/inotify/") + name);
  std::string limit;
  file >> limit;
  return limit.empty() ? "an unknown number" : limit;
}

Failure watch_limit_reached(std::size_t wanted) {
  return {"cannot watch all " + std::to_string(wanted) + " folders of the project",
          "this machine allows " + system_limit("max_user_watches") +
              " inotify watches for all programs of one user together",
          "sudo sysctl fs.inotify.max_user_watches=1048576   (or: hrwatch --poll)"};
}

bool is_symbolic_link(const std::string& path) {
  struct stat status = {};
  return lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
}

class InotifyWatcher final : public Watcher {
 public:
  InotifyWatcher(int descriptor, Listener listener)
      : descriptor_(descriptor), listener_(std::move(listener)), watches_(descriptor) {}

  InotifyWatcher(const InotifyWatcher&) = delete;
  InotifyWatcher& operator=(const InotifyWatcher&) = delete;

  ~InotifyWatcher() override {
    if (poll_ != nullptr) {
      uv_close(reinterpret_cast<uv_handle_t*>(poll_),
               [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
    }
    close(descriptor_);
  }

  bool start(uv_loop_t* loop) {
    auto* poll = new uv_poll_t;
    if (uv_poll_init(loop, poll, descriptor_) != 0) {
      delete poll;
      return false;
    }
    poll_ = poll;
    poll_->data = this;
    return uv_poll_start(poll_, UV_READABLE, [](uv_poll_t* handle, int, int) {
             static_cast<InotifyWatcher*>(handle->data)->on_readable();
           }) == 0;
  }

  Result<Done> watch(const WatchSet& set) override;

  std::size_t watched_folders() const override { return watches_.count(Role::contents); }

 private:
  // Where the walk down to a folder ended.
  enum class Armed { yes, missing, forbidden, limit_reached };

  // Which folders this walk has been through already.
  using Visited = std::unordered_set<std::string>;

  Armed arm(const std::string& folder, Visited& visited);
  Armed arm_step(const std::string& path, bool last);
  void on_readable();
  bool read_once();
  void handle(const inotify_event& event, const std::string& name);
  void handle_entry(const std::string& folder, const std::string& name, std::uint32_t mask);
  void handle_folder_entry(const std::string& path, std::uint32_t mask);
  void handle_made(const std::string& folder, const std::string& name);
  void handle_closed(const std::string& folder, const std::string& name);
  void handle_touched(const std::string& folder, const std::string& name);
  void adopt(const std::string& folder);
  void look_again(const std::string& folder);
  void rearm(std::vector<std::string> paths);
  void pick_up(const std::string& folder, Visited& visited);
  void rescan_all();
  void report(const std::string& path, FileChange change, bool empty = false);
  void lose(const std::string& folder, Failure failure);

  int descriptor_;
  Listener listener_;
  uv_poll_t* poll_ = nullptr;
  InotifyWatches watches_;
  WatchedFolders folders_;
  FolderSnapshot snapshot_;
  std::unordered_set<std::string> writing_;  // modified and not closed since
  std::unordered_set<std::string> present_;  // wanted folders that are there
  std::vector<std::string> disturbed_;       // paths to walk down to again
  std::vector<core::FileEvent> events_;
  std::vector<core::WatchLost> lost_;
  bool overflowed_ = false;
};

Result<Done> InotifyWatcher::watch(const WatchSet& set) {
  const WatchedFolders::Difference difference = folders_.replace(set);
  for (const std::string& folder : difference.removed) {
    watches_.remove(folder, Role::contents);
    snapshot_.forget(folder);
    present_.erase(folder);
  }
  Visited visited;
  for (const std::string& folder : difference.added) {
    const Armed armed = arm(folder, visited);
    if (armed == Armed::limit_reached) {
      return watch_limit_reached(set.folders.size());
    }
    if (armed == Armed::forbidden) {
      return Failure{"cannot watch " + folder, "this user may not read the folder",
                     "chmod u+r " + folder};
    }
    if (armed == Armed::yes) {
      present_.insert(folder);
      snapshot_.refresh(folder);
    }
  }
  return Done{};
}

InotifyWatcher::Armed InotifyWatcher::arm_step(const std::string& path, bool last) {
  switch (watches_.add(path, last ? Role::contents : Role::passage)) {
    case AddOutcome::added:
      return Armed::yes;
    case AddOutcome::missing:
      return Armed::missing;
    case AddOutcome::forbidden:
      return last ? Armed::forbidden : Armed::yes;  // a folder may be passable and not readable
    case AddOutcome::limit_reached:
      break;
  }
  return Armed::limit_reached;
}

// Every folder on the way is watched for being moved or deleted itself. Where the way ends, and
// where it goes through a symbolic link, the folder above is watched for what is made in it.
InotifyWatcher::Armed InotifyWatcher::arm(const std::string& folder, Visited& visited) {
  std::size_t end = 0;
  std::string above = "/";
  do {
    end = folder.find('/', end + 1);
    const std::string path = folder.substr(0, end);
    const bool last = end == std::string::npos;
    if (!last && !visited.insert(path).second) {
      above = path;
      continue;
    }
    Armed armed = arm_step(path, last);
    if (armed == Armed::missing || is_symbolic_link(path)) {
      if (watches_.add(above, Role::doorway) == AddOutcome::limit_reached) {
        return Armed::limit_reached;
      }
    }
    if (armed == Armed::missing) {
      visited.erase(path);
      armed = arm_step(path, last);  // it may have been made before the doorway was watched
    }
    if (armed != Armed::yes) {
      visited.erase(path);
      return armed;
    }
    above = path;
  } while (end != std::string::npos);
  return Armed::yes;
}

void InotifyWatcher::on_readable() {
  for (int turn = 0; turn < reads_per_turn && read_once(); ++turn) {
  }
  if (!disturbed_.empty()) {
    rearm(std::exchange(disturbed_, {}));
  }
  const bool overflowed = std::exchange(overflowed_, false);
  if (overflowed) {
    rescan_all();
  }
  // The listener may destroy this watcher from the last call.
  const Listener listener = listener_;
  std::vector<core::WatchLost> lost = std::exchange(lost_, {});
  std::vector<core::FileEvent> events = std::exchange(events_, {});
  if (!events.empty() && listener.on_events) {
    listener.on_events(std::move(events));
  }
  for (core::WatchLost& one : lost) {
    if (listener.on_lost) {
      listener.on_lost(std::move(one));
    }
  }
  if (overflowed && listener.on_overflow) {
    listener.on_overflow({core::Time(uv_hrtime())});
  }
}

// True when there may be more to read.
bool InotifyWatcher::read_once() {
  alignas(inotify_event) std::array<char, read_bytes> buffer;
  const ssize_t got = read(descriptor_, buffer.data(), buffer.size());
  if (got <= 0) {
    return got < 0 && errno == EINTR;
  }
  for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
    inotify_event event;
    std::memcpy(&event, buffer.data() + at, sizeof event);
    const char* name = buffer.data() + at + sizeof event;
    handle(event, std::string(name, strnlen(name, event.len)));
    at += sizeof event + event.len;
  }
  return static_cast<std::size_t>(got) > buffer.size() / 2;
}

void InotifyWatcher::handle(const inotify_event& event, const std::string& name) {
  if ((event.mask & IN_Q_OVERFLOW) != 0) {
    overflowed_ = true;
    return;
  }
  for (const WatchedPath& watched : watches_.paths_of(event.wd)) {
    if ((event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)) != 0) {
      disturbed_.push_back(watched.path);
      continue;
    }
    const std::string path = watched.path == "/" ? "/" + name : watched.path + "/" + name;
    const bool entry_changed =
        (event.mask & (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)) != 0;
    if (entry_changed && folders_.leads_to_wanted(path)) {
      disturbed_.push_back(path);
    } else if (watched.has(Role::contents) && (event.mask & IN_ISDIR) != 0) {
      handle_folder_entry(path, event.mask);
    } else if (watched.has(Role::contents) && !folders_.is_noise(watched.path, name)) {
      handle_entry(watched.path, name, event.mask);
    }
  }
  if ((event.mask & IN_IGNORED) != 0) {
    watches_.ended(event.wd);
  }
}

void InotifyWatcher::handle_folder_entry(const std::string& path, std::uint32_t mask) {
  if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
    adopt(path);
  } else if ((mask & (IN_DELETE | IN_MOVED_FROM)) != 0 && folders_.wants(path)) {
    disturbed_.push_back(path);
  }
}

void InotifyWatcher::handle_entry(const std::string& folder, const std::string& name,
                                  std::uint32_t mask) {
  const std::string path = folder + "/" + name;
  if ((mask & IN_CREATE) != 0) {
    handle_made(folder, name);
  } else if ((mask & IN_MODIFY) != 0) {
    if (writing_.insert(path).second) {
      report(path, FileChange::being_written);
    }
  } else if ((mask & IN_CLOSE_WRITE) != 0) {
    handle_closed(folder, name);
  } else if ((mask & IN_MOVED_TO) != 0) {
    writing_.erase(path);
    const Change change = snapshot_.refresh_entry(folder, name);
    report(path, FileChange::moved_in, change.stamp.size == 0);
  } else if ((mask & (IN_DELETE | IN_MOVED_FROM)) != 0) {
    writing_.erase(path);
    snapshot_.refresh_entry(folder, name);
    report(path, FileChange::removed);
  } else if ((mask & IN_ATTRIB) != 0) {
    handle_touched(folder, name);
  }
}

void InotifyWatcher::handle_made(const std::string& folder, const std::string& name) {
  const Change change = snapshot_.refresh_entry(folder, name);
  if (change.stamp.folder) {
    return;  // a symbolic link to a folder: could lead in circles
  }
  const bool complete = change.stamp.complete_when_made;
  report(folder + "/" + name, complete ? FileChange::moved_in : FileChange::created,
         change.stamp.size == 0);
}

// A file that was opened for writing and closed untouched is no change. One that was written within
// the clock's granularity may look the same and is one.
void InotifyWatcher::handle_closed(const std::string& folder, const std::string& name) {
  const bool modified = writing_.erase(folder + "/" + name) != 0;
  const Change change = snapshot_.refresh_entry(folder, name);
  if (change.difference == Difference::vanished ||
      (change.difference == Difference::none && !modified && change.stamp.size != 0)) {
    return;
  }
  report(folder + "/" + name, FileChange::written, change.stamp.size == 0);
}

void InotifyWatcher::handle_touched(const std::string& folder, const std::string& name) {
  if (writing_.contains(folder + "/" + name)) {
    return;
  }
  const Change change = snapshot_.refresh_entry(folder, name);
  if (change.difference == Difference::changed && !change.stamp.folder) {
    report(folder + "/" + name, FileChange::written, change.stamp.size == 0);
  }
}

// The watch is set before the folder is read, so that nothing made in between is missed.
void InotifyWatcher::adopt(const std::string& folder) {
  Visited visited;
  if (!folders_.adopt(folder)) {
    return;
  }
  const Armed armed = arm(folder, visited);
  if (armed == Armed::limit_reached) {
    lose(folder, watch_limit_reached(folders_.asked().size() + folders_.adopted().size()));
  }
  if (armed != Armed::yes) {
    folders_.abandon(folder);
    return;
  }
  present_.insert(folder);
  look_again(folder);
}

// Reports how the folder differs from what is known of it.
void InotifyWatcher::look_again(const std::string& folder) {
  for (const Change& change : snapshot_.refresh(folder)) {
    const std::string path = folder + "/" + change.name;
    if (change.stamp.folder) {
      if (change.difference == Difference::appeared && !change.stamp.complete_when_made &&
          !folders_.leads_to_wanted(path)) {
        adopt(path);
      }
      continue;
    }
    if (folders_.is_noise(folder, change.name)) {
      continue;
    }
    const bool gone = change.difference == Difference::vanished;
    if (gone) {
      writing_.erase(path);
    }
    report(path, gone ? FileChange::removed : FileChange::written, !gone && change.stamp.size == 0);
  }
}

// Something on the way to (or at) these paths was moved, deleted or made: what is wanted below them
// may now be other folders, or none.
void InotifyWatcher::rearm(std::vector<std::string> paths) {
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  for (const std::string& path : paths) {
    watches_.drop_tree(path);
  }
  Visited visited;
  std::unordered_set<std::string> done;
  for (const std::string& path : paths) {
    for (const std::string& folder : folders_.within(path)) {
      if (done.insert(folder).second) {
        pick_up(folder, visited);
      }
    }
  }
}

// Watches a wanted folder at its path, whatever stands there now, and reports the difference.
void InotifyWatcher::pick_up(const std::string& folder, Visited& visited) {
  const Armed armed = arm(folder, visited);
  look_again(folder);
  if (armed == Armed::yes) {
    present_.insert(folder);
    return;
  }
  const bool was_present = present_.erase(folder) != 0;
  if (!folders_.asked_for(folder)) {
    folders_.abandon(folder);
    snapshot_.forget(folder);
  } else if (armed == Armed::limit_reached) {
    lose(folder, watch_limit_reached(folders_.asked().size()));
  } else if (was_present && folders_.is_excluded(folder)) {
    lose(folder, folder_is_gone(folder));
  }
}

void InotifyWatcher::rescan_all() {
  writing_.clear();
  Visited visited;
  std::vector<std::string> all(folders_.asked().begin(), folders_.asked().end());
  all.insert(all.end(), folders_.adopted().begin(), folders_.adopted().end());
  for (const std::string& folder : all) {
    pick_up(folder, visited);
  }
}

void InotifyWatcher::report(const std::string& path, FileChange change, bool empty) {
  events_.push_back({path, change, empty, core::Time(uv_hrtime())});
}

void InotifyWatcher::lose(const std::string& folder, Failure failure) {
  lost_.push_back({folder, false, std::move(failure)});
}

}  // namespace

Result<std::unique_ptr<Watcher>> make_native_watcher(uv_loop_t* loop, Listener listener) {
  const int descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0) {
    return Failure{"cannot watch folders: inotify gives no more instances",
                   "this machine allows " + system_limit("max_user_instances") +
                       " of them to all programs of one user together",
                   "sudo sysctl fs.inotify.max_user_instances=1024   (or: hrwatch --poll)"};
  }
  auto watcher = std::make_unique<InotifyWatcher>(descriptor, std::move(listener));
  if (!watcher->start(loop)) {
    return Failure{"cannot watch folders", "the event loop refused the inotify descriptor",
                   "hrwatch --poll"};
  }
  return std::unique_ptr<Watcher>(std::move(watcher));
}

}  // namespace hrwatch::watcher
