#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "app/project_templates.h"
#include "cli/verbs.h"
#include "core/session.h"

namespace hrwatch::cli {

int new_verb(const CommandLine& line) {
  const std::string folder = std::filesystem::path(line.new_folder).generic_string();
  const auto project = core::plan_project(app::project_templates(), line.template_name, folder);
  if (!project.ok()) {
    show_failure(line, project.failure());
    return static_cast<int>(core::ExitCode::usage);
  }
  if (const auto written = app::write_project(project.value(), line.new_folder); !written.ok()) {
    show_failure(line, written.failure());
    return static_cast<int>(core::ExitCode::environment);
  }
  fmt::print("made {}\n", line.new_folder);
  for (const auto& file : project.value().files) {
    fmt::print("    {}\n", file.path);
  }
  for (const auto& step : project.value().next) {
    fmt::print("{}\n", step.what);
    for (const auto& text : step.lines) {
      fmt::print("    {}\n", text);
    }
  }
  return static_cast<int>(core::ExitCode::done);
}

}  // namespace hrwatch::cli
