// Takes ninja's output apart: progress marks go one way, everything else passes through unchanged.
// Pure text; knows no process.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace hrwatch::build {

// What NINJA_STATUS is set to: a mark no compiler prints, then finished and total edges.
inline constexpr std::string_view ninja_status = "\x1e%f/%t\x1e";

class OutputReader {
 public:
  struct Sink {
    std::function<void(int done, int total)> progress;
    std::function<void(std::string_view text)> text;  // whole lines
  };

  explicit OutputReader(Sink sink) : sink_(std::move(sink)) {}

  void feed(std::string_view bytes);

  // Nothing more will come: passes a last line without an end on.
  void finish();

  // ninja said that there was nothing to do.
  bool no_work() const { return no_work_; }

 private:
  void line(std::string_view line);

  Sink sink_;
  std::string rest_;
  std::string directory_line_;  // kept back until there is output that it explains
  bool no_work_ = false;
};

}  // namespace hrwatch::build
