// Watches through ReadDirectoryChangesW, which libuv serves (uv_fs_event_t). A notice says "look
// there"; what happened is read off the disk.
#include "watcher/watcher_windows.h"

#include <windows.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "watcher/folder_snapshot.h"
#include "watcher/watched_folders.h"

namespace hrwatch::watcher {
namespace {

using core::FileChange;
using hr::wire::Done;
using hr::wire::Result;

constexpr std::uint64_t writer_check_ms = 5;
constexpr std::uint64_t missing_check_ms = 500;

// True while a program has the file open for writing: Windows has no notice of its closing.
bool is_being_written(const std::string& path) {
  const HANDLE file = CreateFileW(std::filesystem::path(path).c_str(), GENERIC_READ,
                                  FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                                  FILE_ATTRIBUTE_NORMAL, nullptr);
  if (file == INVALID_HANDLE_VALUE) {
    return GetLastError() == ERROR_SHARING_VIOLATION;
  }
  CloseHandle(file);
  return false;
}

class WindowsWatcher final : public Watcher {
 public:
  WindowsWatcher(uv_loop_t* loop, Listener listener, Reach reach)
      : loop_(loop), listener_(std::move(listener)), reach_(reach) {
    for (uv_timer_t** timer : {&writers_timer_, &missing_timer_}) {
      *timer = new uv_timer_t;
      uv_timer_init(loop, *timer);
      (*timer)->data = this;
    }
  }

  WindowsWatcher(const WindowsWatcher&) = delete;
  WindowsWatcher& operator=(const WindowsWatcher&) = delete;

  ~WindowsWatcher() override {
    for (const auto& [folder, notices] : notices_) {
      close(notices);
    }
    for (uv_timer_t* timer : {writers_timer_, missing_timer_}) {
      uv_close(reinterpret_cast<uv_handle_t*>(timer),
               [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
    }
  }

  Result<Done> watch(const WatchSet& set) override;

  std::size_t watched_folders() const override { return present_.size(); }

 private:
  // One of libuv's handles, and the folder whose notices it brings.
  struct Notices {
    uv_fs_event_t handle = {};
    WindowsWatcher* owner = nullptr;
    std::string folder;
  };

  static void close(Notices* notices) {
    notices->owner = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(&notices->handle),
             [](uv_handle_t* handle) { delete static_cast<Notices*>(handle->data); });
  }

  bool covered(const std::string& folder) const;
  bool listen(const std::string& folder);
  void arm(const std::string& folder);
  void rearm_all();
  void on_notice(const std::string& folder, const char* name, int status);
  void look_at_entry(const std::string& folder, const std::string& name);
  void look_again(const std::string& folder);
  void rescan_all();
  void adopt(const std::string& folder);
  void missing(const std::string& folder);
  void look_for_missing();
  void ask_writers();
  void take_change(const std::string& folder, const Change& change);
  void report(const std::string& path, FileChange change, bool empty = false);
  void tell();

  uv_loop_t* loop_;
  Listener listener_;
  Reach reach_;
  uv_timer_t* writers_timer_ = nullptr;
  uv_timer_t* missing_timer_ = nullptr;
  std::map<std::string, Notices*> notices_;  // by folder
  WatchedFolders folders_;
  FolderSnapshot snapshot_;
  std::set<std::string> present_;  // wanted folders that are there and watched
  std::set<std::string> writing_;  // files that somebody has open for writing
  std::vector<core::FileEvent> events_;
  std::vector<core::WatchLost> lost_;
  bool overflowed_ = false;
};

Result<Done> WindowsWatcher::watch(const WatchSet& set) {
  const WatchedFolders::Difference difference = folders_.replace(set);
  for (const std::string& folder : difference.removed) {
    snapshot_.forget(folder);
    present_.erase(folder);
  }
  rearm_all();
  for (const std::string& folder : difference.added) {
    snapshot_.refresh(folder);
  }
  return Done{};
}

// A handle above serves it.
bool WindowsWatcher::covered(const std::string& folder) const {
  return reach_ == Reach::trees &&
         std::any_of(notices_.begin(), notices_.end(),
                     [&](const auto& entry) { return folder.starts_with(entry.first + "/"); });
}

bool WindowsWatcher::listen(const std::string& folder) {
  if (notices_.contains(folder) || covered(folder)) {
    return true;
  }
  auto* notices = new Notices;
  notices->owner = this;
  notices->folder = folder;
  uv_fs_event_init(loop_, &notices->handle);
  notices->handle.data = notices;
  const auto on_notice = [](uv_fs_event_t* handle, const char* name, int, int status) {
    auto* self = static_cast<Notices*>(handle->data);
    if (self->owner != nullptr) {
      self->owner->on_notice(std::string(self->folder), name, status);
    }
  };
  const unsigned flags = reach_ == Reach::trees ? unsigned{UV_FS_EVENT_RECURSIVE} : 0U;
  if (uv_fs_event_start(&notices->handle, on_notice, folder.c_str(), flags) != 0) {
    close(notices);
    return false;
  }
  notices_.emplace(folder, notices);
  return true;
}

void WindowsWatcher::arm(const std::string& folder) {
  if (FolderSnapshot::exists(folder) && listen(folder)) {
    present_.insert(folder);
  } else {
    missing(folder);
  }
}

// Folders sort before what lies in them, so that a tree's handle is there before its folders ask.
void WindowsWatcher::rearm_all() {
  for (auto entry = notices_.begin(); entry != notices_.end();) {
    if (folders_.wants(entry->first)) {
      ++entry;
    } else {
      close(entry->second);
      entry = notices_.erase(entry);
    }
  }
  for (const std::string& folder : folders_.asked()) {
    arm(folder);
  }
  for (const std::string& folder : folders_.adopted()) {
    arm(folder);
  }
}

void WindowsWatcher::on_notice(const std::string& folder, const char* name, int status) {
  if (status < 0 && !FolderSnapshot::exists(folder)) {
    look_again(folder);
    missing(folder);
  } else if (status < 0 || name == nullptr) {
    // Too much happened: 0 bytes and success, or ERROR_NOTIFY_ENUM_DIR.
    overflowed_ = true;
    rescan_all();
  } else {
    std::string path = folder + "/" + name;
    std::replace(path.begin(), path.end(), '\\', '/');
    const std::size_t slash = path.rfind('/');
    if (folders_.wants(path.substr(0, slash))) {
      look_at_entry(path.substr(0, slash), path.substr(slash + 1));
    }
    for (const std::string& inside : folders_.within(path)) {
      look_again(inside);  // a wanted folder came, or went
      arm(inside);
    }
  }
  tell();
}

void WindowsWatcher::look_at_entry(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  Change change = snapshot_.refresh_entry(folder, name);
  if (change.difference == Difference::none && !writing_.contains(path)) {
    return;
  }
  take_change(folder, change);
}

void WindowsWatcher::take_change(const std::string& folder, const Change& change) {
  const std::string path = folder + "/" + change.name;
  if (change.stamp.folder) {
    if (change.difference == Difference::appeared && !change.stamp.complete_when_made) {
      adopt(path);
    }
    return;
  }
  if (folders_.is_noise(folder, change.name)) {
    return;
  }
  if (change.difference == Difference::vanished) {
    writing_.erase(path);
    report(path, FileChange::removed);
  } else if (is_being_written(path)) {
    if (writing_.insert(path).second) {
      report(path, FileChange::being_written, change.stamp.size == 0);
    }
    uv_timer_start(
        writers_timer_,
        [](uv_timer_t* timer) { static_cast<WindowsWatcher*>(timer->data)->ask_writers(); },
        writer_check_ms, writer_check_ms);
  } else {
    writing_.erase(path);
    report(path, FileChange::written, change.stamp.size == 0);
  }
}

void WindowsWatcher::ask_writers() {
  for (const std::string& path : std::vector<std::string>(writing_.begin(), writing_.end())) {
    if (!is_being_written(path)) {
      const std::size_t slash = path.rfind('/');
      look_at_entry(path.substr(0, slash), path.substr(slash + 1));
      writing_.erase(path);
    }
  }
  if (writing_.empty()) {
    uv_timer_stop(writers_timer_);
  }
  tell();
}

void WindowsWatcher::look_again(const std::string& folder) {
  for (const Change& change : snapshot_.refresh(folder)) {
    take_change(folder, change);
  }
}

void WindowsWatcher::rescan_all() {
  std::vector<std::string> all(folders_.asked().begin(), folders_.asked().end());
  all.insert(all.end(), folders_.adopted().begin(), folders_.adopted().end());
  for (const std::string& folder : all) {
    look_again(folder);
  }
}

void WindowsWatcher::adopt(const std::string& folder) {
  if (folders_.leads_to_wanted(folder) || !folders_.adopt(folder)) {
    return;
  }
  arm(folder);  // before it is read: nothing made in between is missed
  look_again(folder);
}

// Watched no longer, and looked for: a folder asked for may come (back).
void WindowsWatcher::missing(const std::string& folder) {
  if (const auto place = notices_.find(folder); place != notices_.end()) {
    close(place->second);
    notices_.erase(place);
  }
  const bool was_present = present_.erase(folder) != 0;
  if (!folders_.asked_for(folder)) {
    folders_.abandon(folder);
    snapshot_.forget(folder);
    return;
  }
  if (was_present && folders_.is_excluded(folder)) {
    lost_.push_back({folder, false, folder_is_gone(folder)});
  }
  uv_timer_start(
      missing_timer_,
      [](uv_timer_t* timer) { static_cast<WindowsWatcher*>(timer->data)->look_for_missing(); },
      missing_check_ms, missing_check_ms);
}

void WindowsWatcher::look_for_missing() {
  bool all_there = true;
  for (const std::string& folder : folders_.asked()) {
    if (present_.contains(folder)) {
      continue;
    }
    if (FolderSnapshot::exists(folder) && listen(folder)) {
      present_.insert(folder);
      look_again(folder);
    } else {
      all_there = false;
    }
  }
  if (all_there) {
    uv_timer_stop(missing_timer_);
  }
  tell();
}

void WindowsWatcher::report(const std::string& path, FileChange change, bool empty) {
  events_.push_back({path, change, empty, core::Time(uv_hrtime())});
}

void WindowsWatcher::tell() {
  const bool overflowed = std::exchange(overflowed_, false);
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

}  // namespace

Reach suitable_reach() {
  const HMODULE system = GetModuleHandleW(L"ntdll.dll");
  const bool wine = system != nullptr && GetProcAddress(system, "wine_get_version") != nullptr;
  return wine ? Reach::folders : Reach::trees;
}

std::unique_ptr<Watcher> make_windows_watcher(uv_loop_t* loop, Listener listener, Reach reach) {
  return std::make_unique<WindowsWatcher>(loop, std::move(listener), reach);
}

Result<std::unique_ptr<Watcher>> make_native_watcher(uv_loop_t* loop, Listener listener) {
  return make_windows_watcher(loop, std::move(listener), suitable_reach());
}

}  // namespace hrwatch::watcher
