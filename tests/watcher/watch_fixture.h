// A scratch folder, a loop and a watcher on it, for tests. Knows no particular watcher.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/event.h"
#include "support/turned_loop.h"
#include "watcher/watcher.h"

namespace hrwatch::test {

enum class Way { native, poll };

const char* name_of(Way way);

// How long a notice is waited for, and a command, which may have much to do.
inline constexpr std::chrono::seconds patience(10);
inline constexpr std::chrono::seconds command_patience(60);

class WatchFixture {
 public:
  explicit WatchFixture(Way way);
  ~WatchFixture();
  WatchFixture(const WatchFixture&) = delete;
  WatchFixture& operator=(const WatchFixture&) = delete;

  const std::string& root() const { return root_; }

  std::string path(const std::string& name) const { return root_ + "/" + name; }

  void write(const std::string& name, const std::string& text) const;
  void make_folder(const std::string& name) const;

  // Runs a shell command line in the scratch folder while the loop turns; true when it succeeded.
  // One that takes too long is ended, with its process group.
  bool run(const std::string& command);

  // Watches these folders of the scratch folder ("." is itself).
  void watch(const std::vector<std::string>& folders, std::vector<std::string> dependent = {});

  watcher::Watcher& watcher() { return *watcher_; }

  // Turns the loop until `condition` holds; false when it doesn't within the patience.
  bool wait_until(const std::function<bool()>& condition);

  // Turns the loop until a file made now (in a watched folder) has been reported: what happened
  // before it has been reported then as well.
  void catch_up();

  // The last thing reported of a file.
  bool last_is(const std::string& name, core::FileChange change) const;
  bool settled(const std::string& name) const;  // written or moved in, and not empty
  int count(const std::string& name) const;
  int count(const std::string& name, core::FileChange change) const;

  void forget() { events_.clear(); }

  const std::vector<core::FileEvent>& events() const { return events_; }

  const std::vector<core::WatchLost>& lost() const { return lost_; }

  int overflows() const { return overflows_; }

 private:
  Way way_;
  std::string root_;
  tests::TurnedLoop loop_;
  std::unique_ptr<watcher::Watcher> watcher_;
  std::vector<core::FileEvent> events_;
  std::vector<core::WatchLost> lost_;
  int overflows_ = 0;
  int beacons_ = 0;
  std::string beacon_folder_;
};

}  // namespace hrwatch::test
