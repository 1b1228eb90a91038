// News as spans of a Chrome trace (the Trace Event Format: a JSON array whose end may be missing).
// Pure text; knows no file.
#pragma once

#include <string>

#include "core/news.h"

namespace hrwatch::report {

class Trace {
 public:
  explicit Trace(core::Time began) : began_(began) {}

  // What to append to the file for this news, "" = nothing.
  std::string add(const core::News& news, core::Time now);

  // What ends the file.
  std::string end() const;

 private:
  std::string span(const std::string& name, core::Time begin, core::Time length,
                   const std::string& lane);

  core::Time began_;
  bool first_ = true;
};

}  // namespace hrwatch::report
