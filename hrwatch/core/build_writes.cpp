#include "core/build_writes.h"

#include <utility>

namespace hrwatch::core {
namespace {

constexpr int enough_builds = 3;
// A suspect's change is built only after a second of quiet (SettleLimits::doubtful): what comes
// sooner comes by itself.
constexpr Time rest = std::chrono::milliseconds{900};
constexpr Time one_write = std::chrono::milliseconds{15};  // between the events that it makes

// A step of a build takes a little longer or shorter each time; on a busy machine more so, which is
// made allowance for when it is known to write the file.
constexpr Time usual_delay = std::chrono::milliseconds{50};
constexpr Time busy_delay = std::chrono::milliseconds{300};

bool same_moment(Time one, Time other, Time delay) {
  const Time apart = one > other ? one - other : other - one;
  return apart <= delay + other / 10;
}

}  // namespace

BuildWrites::Writer BuildWrites::verdict(const Pattern& pattern) {
  return pattern.builds > enough_builds ? Writer::build
         : pattern.builds > 1           ? Writer::suspect
                                        : Writer::somebody;
}

BuildWrites::Writer BuildWrites::changed_during(const std::string& path, BuildId build, Time began,
                                                Time at) {
  const Time since_begin = at - began;
  Pattern& pattern = patterns_[path];
  const bool known = pattern.builds > enough_builds;
  const bool again = pattern.builds > 0 &&
                     same_moment(since_begin, pattern.moment, known ? busy_delay : usual_delay);
  if (known) {
    return again ? Writer::build : Writer::somebody;
  }
  if (pattern.build == build) {
    if (since_begin - pattern.heard > one_write) {
      pattern.builds = 0;
    }
    pattern.heard = since_begin;
    pattern.changed = at;
    return verdict(pattern);
  }
  const bool rested = pattern.builds < 2 || began - pattern.changed >= rest;
  const bool in_a_row = again && rested && pattern.build + 1 == build;
  pattern.builds = in_a_row ? pattern.builds + 1 : 1;
  pattern.moment = in_a_row ? pattern.moment : since_begin;
  pattern.build = build;
  pattern.heard = since_begin;
  pattern.changed = at;
  return pattern.builds == enough_builds && !std::exchange(pattern.told, true) ? Writer::found_out
                                                                               : verdict(pattern);
}

void BuildWrites::changed_outside(const std::string& path) {
  patterns_.erase(path);
}

}  // namespace hrwatch::core
