// The project as the tool sees it: targets, artifacts, which file belongs to whom, which folders to
// watch. Plain data, filled by `project` from the CMake File API, ninja's dependencies and the
// files add_hot_module() leaves behind. Knows no file system: all paths are absolute, normalised
// text.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "wire/result.h"

namespace hrwatch::core {

enum class TargetKind : std::uint8_t { executable, shared, module, static_library, object, other };

struct Target {
  std::string name;  // CMake target name, also what ninja is asked to build
  TargetKind kind = TargetKind::other;
  bool hot = false;                       // has <build>/.hrwatch/modules/<name>.json
  std::string module;                     // hot: name that the runtime announces (add_hot_module's)
  std::string artifact;                   // built file, "" when it has none
  std::vector<std::string> objects;       // hot: its .o files
  std::vector<std::string> dependencies;  // names of targets it needs, direct and indirect
  std::vector<std::string> linked;  // names of shared libraries it is linked with, direct ones
};

struct ProjectModel {
  std::string source_dir;
  std::string build_dir;
  std::string generator;  // "Ninja", "Ninja Multi-Config", ...
  std::string config;     // the one in use: CMAKE_BUILD_TYPE, or --config with multi-config
  bool multi_config = false;
  std::string ninja;  // the program that builds: CMAKE_MAKE_PROGRAM, "" = the one on the PATH
  std::vector<Target> targets;

  // Which targets compile or include a file (sources, and headers as ninja knows them): indices
  // into `targets`. Files that the build itself generates are not in it.
  std::unordered_map<std::string, std::vector<std::uint32_t>> owners;
  std::vector<std::string> cmake_inputs;      // CMakeLists.txt, *.cmake, configure_file() inputs
  std::vector<std::string> watched_folders;   // not recursive
  std::vector<std::string> artifact_folders;  // what --no-build watches
};

}  // namespace hrwatch::core
