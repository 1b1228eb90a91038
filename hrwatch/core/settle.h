// When is a burst of file events over? Collects what changed and says from when on it may be acted
// on. Pure: time is handed in; knows no project and no file system.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/event.h"
#include "core/time.h"

namespace hrwatch::core {

struct SettleLimits {
  Time quiet = std::chrono::milliseconds{5};          // after the last event of a single file
  Time quiet_burst = std::chrono::milliseconds{100};  // after the last event of many files
  Time removed = std::chrono::milliseconds{50};  // editors remove a file just before its return
  Time empty = std::chrono::seconds{1};          // truncated first, filled in a moment
  Time being_written = std::chrono::seconds{2};  // a writer that never closes
  Time doubtful = std::chrono::seconds{1};       // perhaps no save at all: when all is quiet
  Time deadline = std::chrono::seconds{3};       // of the whole burst: act in any case
};

// One burst. Empty until add() is called; take() makes it empty again.
class Settle {
 public:
  explicit Settle(SettleLimits limits = {}) : limits_(limits) {}

  // `doubtful`: perhaps no save, but what the running build writes. Alone it waits, beside others
  // not.
  void add(const FileEvent& event, bool doubtful = false);

  // Events were lost: whatever changed, act soon.
  void add_overflow(Time at);

  bool empty() const { return files_.empty() && !overflow_; }

  // The time from which on the burst is over, unless more comes. Nothing when empty.
  std::optional<Time> due() const;

  // The burst: paths in order of name, whether events were lost, and when the last save was.
  struct Burst {
    std::vector<std::string> paths;
    bool overflow = false;
    bool doubtful = false;  // all of it
    Time saved{};
  };

  Burst take();

 private:
  struct File {
    FileChange change = FileChange::written;
    bool empty = false;
    bool doubtful = false;
    Time at{};
  };

  bool is_doubtful() const;

  Time ready(const File& file, Time quiet) const;
  Time quiet() const;

  SettleLimits limits_;
  std::map<std::string, File> files_;
  bool overflow_ = false;
  Time first_{};
  Time last_{};
};

}  // namespace hrwatch::core
