#include <fmt/format.h>

#include <sstream>
#include <string>

#include "app/ask.h"
#include "app/build_folder.h"
#include "app/session_lock.h"
#include "app/status_file.h"
#include "cli/verbs.h"
#include "core/session.h"

namespace hrwatch::cli {

int status_verb(const CommandLine& line) {
  const auto folder = app::build_folder(line.build_dir);
  if (!folder.ok()) {
    show_failure(line, folder.failure());
    return static_cast<int>(core::ExitCode::environment);
  }
  const auto holder = app::SessionLock::holder(folder.value());
  const auto status = app::read_status(folder.value());
  if (!holder || !status) {
    fmt::print("no hrwatch works on {}\n", folder.value());
    return 0;
  }
  fmt::print("hrwatch {} on {}: {}\n", *holder, folder.value(), status->state);
  fmt::print("  modules: {}\n", fmt::join(status->targets, ", "));
  for (const auto& host : status->hosts) {
    fmt::print("  pid {}: {}\n", host.pid, fmt::join(host.modules, ", "));
  }
  if (status->hosts.empty()) {
    fmt::print("  no program is attached\n");
    return 0;
  }
  // Which threads still run old code, only the session can find out.
  const auto threads = app::ask(folder.value(), "status", "");
  if (threads.ok()) {
    std::istringstream lines(threads.value().text);
    for (std::string text; std::getline(lines, text);) {
      fmt::print("  {}\n", text);
    }
  }
  return 0;
}

}  // namespace hrwatch::cli
