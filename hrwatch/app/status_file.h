// The session's state as `hrwatch status` reads it: <build>/.hrwatch/status.json. Knows the state,
// not who shows it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/session.h"

namespace hrwatch::app {

struct StatusFile {
  struct Host {
    int pid = 0;
    std::vector<std::string> modules;  // "game generation 3"
  };

  int pid = 0;
  std::string state;  // "building", "waiting for a save", ...
  std::vector<std::string> targets;
  std::vector<Host> hosts;
};

StatusFile status_of(const core::State& state, int pid);

// Replaced as a whole. Failing is harmless: the next change tries again.
void write_status(const std::filesystem::path& build_dir, const StatusFile& status);
std::optional<StatusFile> read_status(const std::filesystem::path& build_dir);
void remove_status(const std::filesystem::path& build_dir);

}  // namespace hrwatch::app
