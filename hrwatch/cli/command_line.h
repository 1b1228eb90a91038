// The command line: what the user typed, as plain data, and the texts of help. Knows no session.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wire/result.h"

namespace hrwatch::cli {

enum class Verb {
  run,
  status,
  doctor,
  explain,
  new_project,
  frames,
  rollback,
  abandon,
  make_way,
  help,
  version
};
enum class Colour { automatic, always, never };

struct CommandLine {
  Verb verb = Verb::run;
  std::vector<std::string> targets;
  int pid = 0;                            // of `frames`, which hrwatch itself calls
  std::string file;                       // of `explain`, "" = the last build
  std::string template_name, new_folder;  // of `new`
  std::string module;                     // of `rollback`, "" = what went live last
  std::vector<std::string> outputs;       // of `make-way`
  std::string response_file;              // of `make-way`
  std::string build_dir;
  std::string config;
  bool run = false;
  std::vector<std::string> program_arguments;  // after `--`
  bool once = false;
  bool no_build = false;
  bool json = false;
  bool poll = false;
  std::optional<int> settle_ms;
  int jobs = 0;
  std::string trace;
  bool relaunch_on_refuse = false;
  Colour colour = Colour::automatic;
};

// Errors: Failure, for exit code 2.
hr::wire::Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments);

// One screen.
std::string help_text();

}  // namespace hrwatch::cli
