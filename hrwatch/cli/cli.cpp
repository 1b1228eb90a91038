#include "cli/cli.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "app/build_folder.h"
#include "app/host_process.h"
#include "app/session_loop.h"
#include "app/show_failure.h"
#include "app/terminal.h"
#include "cli/command_line.h"
#include "cli/verbs.h"
#include "core/session.h"

namespace hrwatch::cli {
namespace {

using core::ExitCode;

bool wants_colour(Colour colour) {
  if (colour != Colour::automatic) {
    return colour == Colour::always;
  }
  return app::is_terminal(1) && std::getenv("NO_COLOR") == nullptr;
}

int run_verb(const CommandLine& line) {
  auto folder = app::build_folder(line.build_dir);
  if (!folder.ok()) {
    show_failure(line, folder.failure());
    return static_cast<int>(ExitCode::environment);
  }
  app::Settings settings;
  settings.build_dir = folder.value();
  settings.config = line.config;
  settings.arguments = line.program_arguments;
  settings.colour = wants_colour(line.colour);
  settings.look = line.json             ? app::Look::json
                  : app::is_terminal(1) ? app::Look::tty
                                        : app::Look::plain;
  settings.poll = line.poll;
  settings.jobs = line.jobs;
  settings.trace = line.trace;
  settings.session.targets = line.targets;
  settings.session.build = !line.no_build;
  settings.session.run = line.run;
  settings.session.once = line.once;
  settings.session.relaunch_on_refuse = line.relaunch_on_refuse;
  if (line.settle_ms) {
    settings.session.settle.quiet = std::chrono::milliseconds{*line.settle_ms};
  }
  return app::run_session(settings);
}

}  // namespace

void show_failure(const CommandLine& line, const hr::wire::Failure& failure) {
  app::show_failure(failure, line.json, wants_colour(line.colour));
}

int run(int argument_count, char** arguments) {
  app::prepare_terminal();
  const auto line = parse_command_line({arguments + 1, arguments + argument_count});
  if (!line.ok()) {
    show_failure({}, line.failure());
    return static_cast<int>(ExitCode::usage);
  }
  switch (line.value().verb) {
    case Verb::run:
      return run_verb(line.value());
    case Verb::status:
      return status_verb(line.value());
    case Verb::doctor:
      return doctor_verb(line.value());
    case Verb::new_project:
      return new_verb(line.value());
    case Verb::explain:
      return explain_verb(line.value());
    case Verb::frames:
      return app::print_thread_frames(line.value().pid);
    case Verb::rollback:
      return session_verb(line.value(), "rollback", line.value().module);
    case Verb::abandon:
      return session_verb(line.value(), "abandon", "");
    case Verb::make_way:
      return make_way_verb(line.value());
    case Verb::help:
      std::fputs(help_text().c_str(), stdout);
      return 0;
    case Verb::version:
      std::puts("hrwatch " HRWATCH_VERSION);
      return 0;
  }
  return static_cast<int>(ExitCode::usage);
}

}  // namespace hrwatch::cli
