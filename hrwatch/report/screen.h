// Where news go: a terminal, a plain stream, or JSON lines. Knows no session; what a line says is
// decided in render.h.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/news.h"
#include "report/render.h"

namespace hrwatch::report {

class Screen {
 public:
  virtual ~Screen() = default;

  // `now`: when it happened, on the clock of `began`.
  virtual void show(const core::News& news, core::Time now) = 0;

  // Leaves the terminal tidy. Called once, at the end.
  virtual void finish() {}
};

struct Streams {
  std::function<void(std::string_view)> out;  // standard output
  std::function<void(std::string_view)> err;  // standard error
};

// A line for each piece of news, nothing overwritten: for pipes, logs and editors.
std::unique_ptr<Screen> make_plain_screen(Streams streams, Style style);

// As plain, and one status line at the bottom with ninja's progress.
std::unique_ptr<Screen> make_tty_screen(Streams streams, Style style);

// One JSON object a line on `out`; compiler output goes to `err`.
std::unique_ptr<Screen> make_json_screen(Streams streams, core::Time began);

}  // namespace hrwatch::report
