#include "watcher/watch_fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "support/catch.h"

namespace hrwatch::test {
namespace {

constexpr std::uint64_t poll_interval_ms = 20;

std::string make_scratch_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "hrwatch-watch-XXXXXX").string();
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  return std::filesystem::canonical(pattern).string();
}

}  // namespace

const char* name_of(Way way) {
  return way == Way::native ? "native" : "poll";
}

WatchFixture::WatchFixture(Way way) : way_(way), root_(make_scratch_folder()) {
  watcher::Listener listener;
  listener.on_events = [this](std::vector<core::FileEvent> events) {
    events_.insert(events_.end(), events.begin(), events.end());
  };
  listener.on_lost = [this](core::WatchLost lost) {
    lost_.push_back(std::move(lost));
  };
  listener.on_overflow = [this](core::WatchOverflow) {
    ++overflows_;
  };
  if (way == Way::poll) {
    watcher_ = watcher::make_poll_watcher(loop_.get(), listener, poll_interval_ms);
    return;
  }
  auto made = watcher::make_native_watcher(loop_.get(), listener);
  REQUIRE(made.ok());
  watcher_ = std::move(made).value();
}

WatchFixture::~WatchFixture() {
  watcher_.reset();
  CHECK(loop_.close());
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

void WatchFixture::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name), std::ios::binary) << text;
}

void WatchFixture::make_folder(const std::string& name) const {
  std::filesystem::create_directories(path(name));
}

void WatchFixture::watch(const std::vector<std::string>& folders,
                         std::vector<std::string> dependent) {
  watcher::WatchSet set;
  for (const std::string& folder : folders) {
    set.folders.push_back(folder == "." ? root_ : path(folder));
  }
  for (const std::string& name : dependent) {
    set.dependent.insert(path(name));
  }
  set.excluded.push_back(path("build"));
  beacon_folder_ = set.folders.empty() ? "" : set.folders.front();
  REQUIRE(watcher_->watch(set).ok());
}

bool WatchFixture::run(const std::string& command) {
  const pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    if (chdir(root_.c_str()) == 0) {
      execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
    }
    _exit(127);
  }
  int status = -1;
  if (!loop_.wait_until([&] { return waitpid(child, &status, WNOHANG) == child; },
                        command_patience)) {
    kill(-child, SIGTERM);
    waitpid(child, &status, 0);
    return false;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool WatchFixture::wait_until(const std::function<bool()>& condition) {
  return loop_.wait_until(condition, patience);
}

void WatchFixture::catch_up() {
  const std::string beacon = beacon_folder_ + "/beacon" + std::to_string(++beacons_) + ".txt";
  std::ofstream(beacon) << "seen?";
  REQUIRE(wait_until([&] {
    return std::any_of(events_.begin(), events_.end(), [&](const core::FileEvent& event) {
      return event.path == beacon && event.change == core::FileChange::written;
    });
  }));
}

bool WatchFixture::last_is(const std::string& name, core::FileChange change) const {
  const auto last =
      std::find_if(events_.rbegin(), events_.rend(),
                   [&](const core::FileEvent& event) { return event.path == path(name); });
  return last != events_.rend() && last->change == change;
}

bool WatchFixture::settled(const std::string& name) const {
  const auto last =
      std::find_if(events_.rbegin(), events_.rend(),
                   [&](const core::FileEvent& event) { return event.path == path(name); });
  return last != events_.rend() && !last->empty &&
         (last->change == core::FileChange::written || last->change == core::FileChange::moved_in);
}

int WatchFixture::count(const std::string& name) const {
  return static_cast<int>(
      std::count_if(events_.begin(), events_.end(),
                    [&](const core::FileEvent& event) { return event.path == path(name); }));
}

int WatchFixture::count(const std::string& name, core::FileChange change) const {
  return static_cast<int>(
      std::count_if(events_.begin(), events_.end(), [&](const core::FileEvent& event) {
        return event.path == path(name) && event.change == change;
      }));
}

}  // namespace hrwatch::test
