// Tells a save from what the build itself writes into the source tree each time it runs (a version
// header, say), which would be built again without end. Pure: knows paths and times only.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/event.h"

namespace hrwatch::core {

class BuildWrites {
 public:
  enum class Writer : std::uint8_t {
    somebody,   // a save, as far as one can tell
    suspect,    // at the same moment as in the build before: a save still, but one that can wait
    found_out,  // three builds in a row; told once a file, and the last time that it is built
    build,      // known for it
  };

  // `path` changed at `at`, while the build that began at `began` runs. A file that changes once a
  // build, and at the same moment of each, is the build's own; changes at another moment stay
  // saves, and so do two changes in one build, and changes that come although nothing is built anew
  // for a while: who saves often does not keep time to the build.
  Writer changed_during(const std::string& path, BuildId build, Time began, Time at);

  // `path` changed while nothing was built: all is forgotten about it.
  void changed_outside(const std::string& path);

 private:
  struct Pattern {
    BuildId build = 0;  // the last in which it changed
    Time moment{};      // of its change in the first build of the row, since that build's beginning
    Time heard{};       // of the last event, since the beginning of `build`
    Time changed{};     // when that was
    int builds = 0;     // in a row
    bool told = false;
  };

  std::map<std::string, Pattern> patterns_;

  static Writer verdict(const Pattern& pattern);
};

}  // namespace hrwatch::core
