// News as text: pure functions from what happened to what is shown. Knows no terminal, no file and
// no clock.
#pragma once

#include <string>
#include <string_view>

#include "core/news.h"

namespace hrwatch::report {

struct Style {
  bool colour = false;
  int width = 0;          // columns of the status line, 0 = no limit
  std::string base = {};  // folder cut from the front of file names, "" = none
};

// One line of --json (with its end), "" when the contract has no event for it. `since_start`
// becomes `time_ms`. Bytes that are not UTF-8 are replaced.
std::string render_json(const core::News& news, core::Time since_start);

// The lines for people, each with its end; "" when there is nothing to say. Compiler output is
// returned unchanged.
std::string render_text(const core::News& news, const Style& style);

// The error with its three parts, as every room and verb shows it.
std::string render_failure(const hr::wire::Failure& failure, const Style& style);

// The one line that is overwritten while something goes on, without an end: "[12/37] building
// game".
std::string status_line(const core::BuildAdvanced& progress, const std::string& targets,
                        const Style& style);

// `text` cut to at most `width` columns, never inside a UTF-8 sequence. 0 = uncut.
std::string cut(std::string_view text, int width);

}  // namespace hrwatch::report
