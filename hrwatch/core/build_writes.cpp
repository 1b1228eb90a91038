#include "core/build_writes.h"

#include <utility>

namespace hrwatch::core {
namespace {

constexpr int enough_builds = 3;

// A step of a build takes a little longer or shorter each time; somebody who types does not keep
// time to it.
bool same_moment(Time one, Time other) {
  const Time apart = one > other ? one - other : other - one;
  return apart <= std::chrono::milliseconds{100} + other / 10;
}

}  // namespace

BuildWrites::Writer BuildWrites::changed_during(const std::string& path, BuildId build,
                                                Time since_begin) {
  Pattern& pattern = patterns_[path];
  const bool again = pattern.builds > 0 && same_moment(since_begin, pattern.moment);
  const bool known = pattern.builds >= enough_builds;
  if (pattern.build == build && again) {
    return known ? Writer::build : Writer::somebody;  // one write makes several events
  }
  const bool in_a_row = known || pattern.build + 1 == build;
  pattern.builds = again && in_a_row ? pattern.builds + 1 : 1;
  pattern.build = build;
  pattern.moment = since_begin;
  if (pattern.builds < enough_builds) {
    return Writer::somebody;
  }
  return std::exchange(pattern.told, true) ? Writer::build : Writer::found_out;
}

void BuildWrites::changed_outside(const std::string& path) {
  patterns_.erase(path);
}

}  // namespace hrwatch::core
