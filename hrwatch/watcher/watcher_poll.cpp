#include <unordered_map>
#include <utility>

#include "watcher/folder_snapshot.h"
#include "watcher/watched_folders.h"
#include "watcher/watcher.h"

namespace hrwatch::watcher {
namespace {

using core::FileChange;
using hr::wire::Done;
using hr::wire::Result;

class PollWatcher final : public Watcher {
 public:
  explicit PollWatcher(Listener listener) : listener_(std::move(listener)) {}

  PollWatcher(const PollWatcher&) = delete;
  PollWatcher& operator=(const PollWatcher&) = delete;

  ~PollWatcher() override {
    uv_close(reinterpret_cast<uv_handle_t*>(timer_),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
  }

  void start(uv_loop_t* loop, std::uint64_t interval_ms) {
    uv_timer_init(loop, timer_);
    timer_->data = this;
    uv_timer_start(
        timer_, [](uv_timer_t* handle) { static_cast<PollWatcher*>(handle->data)->look(); },
        interval_ms, interval_ms);
  }

  Result<Done> watch(const WatchSet& set) override;

  std::size_t watched_folders() const override { return present_.size(); }

 private:
  void look();
  void look_at(const std::string& folder);
  void handle(const std::string& folder, const Change& change);
  void settle_unchanged();

  Listener listener_;
  uv_timer_t* timer_ = new uv_timer_t;
  WatchedFolders folders_;
  FolderSnapshot snapshot_;
  std::unordered_set<std::string> present_;
  std::unordered_map<std::string, bool> moving_;  // changed of late; true: in this very look
  std::unordered_map<std::string, bool> empty_;   // of those: zero bytes long
  std::vector<core::FileEvent> events_;
  std::vector<core::WatchLost> lost_;
};

Result<Done> PollWatcher::watch(const WatchSet& set) {
  const WatchedFolders::Difference difference = folders_.replace(set);
  for (const std::string& folder : difference.removed) {
    snapshot_.forget(folder);
    present_.erase(folder);
  }
  for (const std::string& folder : difference.added) {
    snapshot_.refresh(folder);
    if (FolderSnapshot::exists(folder)) {
      present_.insert(folder);
    }
  }
  return Done{};
}

void PollWatcher::look() {
  for (auto& [path, now] : moving_) {
    now = false;
  }
  std::vector<std::string> all(folders_.asked().begin(), folders_.asked().end());
  all.insert(all.end(), folders_.adopted().begin(), folders_.adopted().end());
  for (const std::string& folder : all) {
    look_at(folder);
  }
  settle_unchanged();
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
}

void PollWatcher::look_at(const std::string& folder) {
  for (const Change& change : snapshot_.refresh(folder)) {
    handle(folder, change);
  }
  if (FolderSnapshot::exists(folder)) {
    present_.insert(folder);
    return;
  }
  const bool was_present = present_.erase(folder) != 0;
  if (!folders_.asked_for(folder)) {
    folders_.abandon(folder);
    snapshot_.forget(folder);
  } else if (was_present && folders_.is_excluded(folder)) {
    lost_.push_back({folder, false, folder_is_gone(folder)});
  }
}

void PollWatcher::handle(const std::string& folder, const Change& change) {
  const std::string path = folder + "/" + change.name;
  const core::Time now(uv_hrtime());
  if (change.stamp.folder) {
    const bool real = !change.stamp.complete_when_made;  // a link could lead in circles
    if (change.difference == Difference::appeared && real && folders_.adopt(path)) {
      look_at(path);
    }
    return;
  }
  if (folders_.is_noise(folder, change.name)) {
    return;
  }
  if (change.difference == Difference::vanished) {
    moving_.erase(path);
    empty_.erase(path);
    events_.push_back({path, FileChange::removed, false, now});
    return;
  }
  if (moving_.insert_or_assign(path, true).second) {
    events_.push_back({path, FileChange::being_written, change.stamp.size == 0, now});
  }
  empty_[path] = change.stamp.size == 0;
}

// What is the same in two looks counts as written: whether it is closed can't be seen from outside.
void PollWatcher::settle_unchanged() {
  std::erase_if(moving_, [this](const auto& entry) {
    const auto& [path, now] = entry;
    if (now) {
      return false;
    }
    events_.push_back({path, FileChange::written, empty_[path], core::Time(uv_hrtime())});
    empty_.erase(path);
    return true;
  });
}

}  // namespace

std::unique_ptr<Watcher> make_poll_watcher(uv_loop_t* loop, Listener listener,
                                           std::uint64_t interval_ms) {
  auto watcher = std::make_unique<PollWatcher>(std::move(listener));
  watcher->start(loop, interval_ms);
  return watcher;
}

}  // namespace hrwatch::watcher
