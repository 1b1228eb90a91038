// One running `hrwatch`: the only code that waits. Takes one event, lets the session decide,
// performs the effects, again. Knows all rooms; decides nothing itself.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/session.h"

namespace hrwatch::app {

enum class Look : std::uint8_t { tty, plain, json };

struct Settings {
  core::Options session;
  std::string build_dir;               // absolute, normalised
  std::string config;                  // "": the build folder's own
  std::vector<std::string> arguments;  // of the program of --run
  Look look = Look::plain;
  bool colour = false;
  bool poll = false;
  int jobs = 0;
  std::string trace;  // file, "" = none
};

// Runs a session to its end. Returns the exit code. Main thread; installs signal handlers.
int run_session(const Settings& settings);

}  // namespace hrwatch::app
