// hrwatch make-way [--response-file FILE] OUTPUT...: what builds call before a link, on Windows.
// Not for users.
#include "app/link_step.h"
#include "cli/verbs.h"
#include "core/session.h"

namespace hrwatch::cli {

int make_way_verb(const CommandLine& line) {
  const auto made = app::make_way_for_link(line.outputs, line.response_file);
  if (!made.ok()) {
    show_failure(line, made.failure());
    return static_cast<int>(core::ExitCode::build_failed);
  }
  return static_cast<int>(core::ExitCode::done);
}

}  // namespace hrwatch::cli
