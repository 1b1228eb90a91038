// What a machine and a build folder need for hot reload, and what is missing. The facts are read
// here, the judgement on them is pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wire/result.h"

namespace hrwatch::app {

// How what is missing is called, and where it comes from: of Linux, unless the machine says else.
struct Installing {
  std::string ninja = "apt install ninja-build (or pip install ninja)";
  std::string cmake = "apt install cmake (or pip install cmake)";
  std::string no_compiler = "neither g++ nor clang++";
  std::string compiler = "apt install g++";
  std::string linker_subject = "fast linker";
  std::string no_linker = "none: links take longer";
  std::string linker = "apt install lld";
  bool linker_needed = false;
};

// What was found. Empty: not found.
struct Facts {
  Installing install;
  std::string ninja_version;
  std::string cmake_version;
  std::vector<std::string> compilers;  // names found on the PATH
  std::vector<std::string> linkers;    // fast ones found on the PATH
  std::optional<std::uint64_t> inotify_watches;
  std::optional<std::uint64_t> inotify_instances;

  std::string build_dir;
  std::optional<hr::wire::Failure> no_build_dir;
  std::string generator;
  std::string build_type;
  bool multi_config = false;
  bool writable = false;
  std::vector<std::string> modules;  // hot modules of the build folder
  std::vector<std::string> targets;  // asked for with --target
  std::optional<int> session;        // pid of the hrwatch that works there
};

struct Check {
  std::string subject;
  bool ok = false;
  bool needed = true;  // not needed: a hint only
  std::string found;
  std::string fix;  // when not ok
};

// Reads the machine. `build_dir` "": found from the current folder. Cost: starts ninja and cmake.
Facts read_facts(const std::string& build_dir, const std::vector<std::string>& targets);

// Every check, in the order in which one would mend them. Pure.
std::vector<Check> judge_facts(const Facts& facts);

// True when `version` ("1.11.1", "3.25.1-rc2") is at least major.minor.
bool at_least(const std::string& version, int major, int minor);

}  // namespace hrwatch::app
