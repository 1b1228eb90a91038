#include <fmt/format.h>

#include "app/build_folder.h"
#include "app/explain.h"
#include "app/last_build.h"
#include "cli/verbs.h"
#include "core/session.h"

namespace hrwatch::cli {
namespace {

std::string meaning(const core::Plan& plan) {
  const std::string targets = fmt::format("{}", fmt::join(plan.targets, ", "));
  switch (plan.action) {
    case core::Action::nothing:
      return "nothing";
    case core::Action::build_modules:
      return "build " + targets + "; programs that run it take the new code";
    case core::Action::reconfigure:
      return "run CMake, then build " + targets;
    case core::Action::relaunch:
      return "build " + targets + "; the program itself has to be started again (--run does that)";
  }
  return "";
}

}  // namespace

int explain_verb(const CommandLine& line) {
  const auto folder = app::build_folder(line.build_dir);
  if (!folder.ok()) {
    show_failure(line, folder.failure());
    return static_cast<int>(core::ExitCode::environment);
  }
  if (!line.file.empty()) {
    const auto plan = app::explain_save(folder.value(), line.config, line.targets, line.file);
    if (!plan.ok()) {
      show_failure(line, plan.failure());
      return static_cast<int>(core::ExitCode::environment);
    }
    fmt::print("a save of {} would: {}\n", line.file, meaning(plan.value()));
    for (const auto& reason : plan.value().reasons) {
      fmt::print("  {}\n", reason);
    }
    return 0;
  }
  const std::string last = app::LastBuild::read(folder.value());
  if (last.empty()) {
    fmt::print("no save has been built by hrwatch in {} yet\n", folder.value());
  } else {
    fmt::print("the last save that hrwatch built in {}:\n{}", folder.value(), last);
  }
  return 0;
}

}  // namespace hrwatch::cli
