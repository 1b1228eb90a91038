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
    build,      // known for it
    found_out,  // the build, seen just now; told once a file
  };

  // `path` changed so long after the beginning of this build. A file that changes at the same
  // moment of three builds in a row is the build's own; changes at another moment stay saves.
  Writer changed_during(const std::string& path, BuildId build, Time since_begin);

  // `path` changed while nothing was built: all is forgotten about it.
  void changed_outside(const std::string& path);

 private:
  struct Pattern {
    BuildId build = 0;  // the last in which it changed
    Time moment{};      // since that build's beginning
    int builds = 0;     // in a row
    bool told = false;
  };

  std::map<std::string, Pattern> patterns_;
};

}  // namespace hrwatch::core
