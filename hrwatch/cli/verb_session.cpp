#include <fmt/format.h>

#include "app/ask.h"
#include "app/build_folder.h"
#include "cli/verbs.h"
#include "core/session.h"

namespace hrwatch::cli {

int session_verb(const CommandLine& line, const std::string& verb, const std::string& argument) {
  const auto folder = app::build_folder(line.build_dir);
  if (!folder.ok()) {
    show_failure(line, folder.failure());
    return static_cast<int>(core::ExitCode::environment);
  }
  const auto answered = app::ask(folder.value(), verb, argument);
  if (!answered.ok()) {
    show_failure(line, answered.failure());
    return static_cast<int>(core::ExitCode::environment);
  }
  fmt::print("{}", answered.value().text);
  if (answered.value().failure) {
    show_failure(line, *answered.value().failure);
  }
  return answered.value().code;
}

}  // namespace hrwatch::cli
