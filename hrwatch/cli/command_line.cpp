#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "app/link_step.h"

namespace hrwatch::cli {
namespace {

using hr::wire::Failure;

void add_options(CLI::App& app, CommandLine& line, std::string& refuse, std::string& colour) {
  app.set_help_flag();
  app.add_option("--target,-t", line.targets)->take_all()->allow_extra_args(false);
  app.add_option("--build-dir", line.build_dir);
  app.add_option("--config", line.config);
  app.add_flag("--run", line.run);
  app.add_flag("--once", line.once);
  app.add_flag("--no-build", line.no_build);
  app.add_flag("--json", line.json);
  app.add_flag("--poll", line.poll);
  app.add_option("--settle", line.settle_ms)->check(CLI::Range(0, 60000));
  app.add_option("-j", line.jobs)->check(CLI::Range(1, 10000));
  app.add_option("--trace", line.trace);
  app.add_option("--on-refuse", refuse)->check(CLI::IsMember({"keep", "relaunch"}));
  app.add_option("--color", colour)->check(CLI::IsMember({"auto", "always", "never"}));
}

std::optional<Failure> contradiction(const CommandLine& line) {
  if (line.run && line.once) {
    return Failure{"--run and --once exclude each other",
                   "--run stays as long as the program, --once ends after one reload",
                   "leave one of them out"};
  }
  if (!line.run && !line.program_arguments.empty()) {
    return Failure{"there are arguments after -- but nothing to start",
                   "they belong to the program of --run", "add --run before --"};
  }
  if (!line.run && line.relaunch_on_refuse) {
    return Failure{"--on-refuse relaunch needs --run",
                   "hrwatch can start again only what it has started", "add --run"};
  }
  return std::nullopt;
}

// At most one of them; none means `run`.
std::map<CLI::App*, Verb> add_verbs(CLI::App& app, CommandLine& line) {
  std::map<CLI::App*, Verb> verbs;
  const auto add = [&](const char* name, Verb verb) {
    auto* const command = app.add_subcommand(name);
    command->set_help_flag();
    verbs[command] = verb;
    return command;
  };
  add("run", Verb::run)->fallthrough();
  add("status", Verb::status)->fallthrough();
  add("doctor", Verb::doctor)->fallthrough();
  add("explain", Verb::explain)->fallthrough()->add_option("file", line.file);
  add("rollback", Verb::rollback)->fallthrough()->add_option("module", line.module);
  add("abandon", Verb::abandon)->fallthrough();
  auto* const new_project = add("new", Verb::new_project);
  new_project->add_option("template", line.template_name)->required();
  new_project->add_option("folder", line.new_folder)->required();
  add("frames", Verb::frames)->add_option("pid", line.pid)->required();
  if (app::links_need_way()) {  // the build calls it, see cmake_module/hot_windows.cmake
    auto* const make_way = add("make-way", Verb::make_way);
    make_way->add_option("outputs", line.outputs)->required();
    make_way->add_option("--response-file", line.response_file);
  }
  app.require_subcommand(0, 1);
  return verbs;
}

}  // namespace

hr::wire::Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments) {
  CommandLine line;
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  std::vector<std::string> own(arguments.begin(), dashes);
  if (dashes != arguments.end()) {
    line.program_arguments.assign(dashes + 1, arguments.end());
  }
  const auto has = [&](const char* option) {
    return std::find(own.begin(), own.end(), option) != own.end();
  };
  if (has("-h") || has("--help") || has("help")) {
    line.verb = Verb::help;
    return line;
  }
  if (has("--version")) {
    line.verb = Verb::version;
    return line;
  }
  std::string refuse = "keep";
  std::string colour = "auto";
  CLI::App app;
  add_options(app, line, refuse, colour);
  const std::map<CLI::App*, Verb> verbs = add_verbs(app, line);
  try {
    std::reverse(own.begin(), own.end());  // as CLI11 takes a vector
    app.parse(own);
  } catch (const CLI::ParseError& error) {
    return Failure{"the command line can't be understood", error.what(), "see hrwatch -h"};
  }
  for (const auto& [command, verb] : verbs) {
    if (command->parsed()) {
      line.verb = verb;
    }
  }
  line.relaunch_on_refuse = refuse == "relaunch";
  line.colour = colour == "always"  ? Colour::always
                : colour == "never" ? Colour::never
                                    : Colour::automatic;
  if (const auto failure = contradiction(line)) {
    return *failure;
  }
  return line;
}

std::string help_text() {
  return R"(hrwatch: on every save, the running program runs the new code

  hrwatch --target game                    watch, build, reload; the program runs elsewhere
  hrwatch --target app --run -- --level 3  also start it; relaunch it when the host itself changes
  hrwatch new TEMPLATE FOLDER              a project, ready to run: console, game (SDL2), c-plugin;
                                           module-only, for a project that exists
  hrwatch status                           what is going on
  hrwatch doctor                           what is missing
  hrwatch explain [FILE]                   what a save of FILE would do; or what came of the last build
  hrwatch rollback [MODULE]                put the code back that ran before the last reload
  hrwatch abandon                          leave a frame inside hr_guard() that does not return

What
  --target NAME      a hot module, or an executable: all hot modules it links; may be repeated
                     (default: every hot module)
  --build-dir DIR    (default: found from the current folder)
  --config CFG       of a multi-config build
  --run              start the program; what follows -- are its arguments

How
  --once             build and reload the programs that run now, then end
  --no-build         somebody else builds: only watch the artifacts
  --on-refuse keep|relaunch   what a refused reload does to the program of --run (default: keep)
  --settle MS        quiet time after a save, in milliseconds (default: 5, more after many files)
  --poll             look at the files instead of being told (network and shared folders)
  -j N               jobs for ninja (default: ninja's own)

Output
  --json             one object a line; compiler output goes to standard error
  --trace FILE       where the time went, for chrome://tracing or ui.perfetto.dev
  --color auto|always|never

Exit: 0 done, 1 build failed (--once), 2 usage, 3 environment, 4 refused (--once), 130 interrupted;
with --run, the program's own
)";
}

}  // namespace hrwatch::cli
