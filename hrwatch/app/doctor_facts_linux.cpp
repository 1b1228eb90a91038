// Where the facts come from on Linux.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/doctor.h"
#include "app/session_lock.h"
#include "project/project.h"

namespace hrwatch::app {
namespace {

namespace fs = std::filesystem;

// The first word with a digit in the first line that `command` prints.
std::string version_of(const std::string& command) {
  std::FILE* output = ::popen(command.c_str(), "re");
  if (output == nullptr) {
    return {};
  }
  std::array<char, 256> line{};
  const bool any = std::fgets(line.data(), line.size(), output) != nullptr;
  ::pclose(output);
  std::istringstream words(any ? line.data() : "");
  for (std::string word; words >> word;) {
    if (word.front() >= '0' && word.front() <= '9') {
      return word;
    }
  }
  return {};
}

bool on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + "/" + program).c_str(), X_OK) == 0) {
      return true;
    }
  }
  return false;
}

std::vector<std::string> present(std::initializer_list<const char*> programs) {
  std::vector<std::string> found;
  std::copy_if(programs.begin(), programs.end(), std::back_inserter(found), on_path);
  return found;
}

std::optional<std::uint64_t> number_in(const char* file) {
  std::ifstream in(file);
  std::uint64_t value = 0;
  return in >> value ? std::optional(value) : std::nullopt;
}

// NAME:TYPE=value of a CMakeCache.txt
std::string cached(const fs::path& build_dir, const std::string& name) {
  std::ifstream in(build_dir / "CMakeCache.txt");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(name + ":")) {
      return line.substr(std::min(line.find('='), line.size() - 1) + 1);
    }
  }
  return {};
}

void read_build_folder(Facts& facts) {
  const fs::path folder = facts.build_dir;
  facts.generator = cached(folder, "CMAKE_GENERATOR");
  facts.build_type = cached(folder, "CMAKE_BUILD_TYPE");
  facts.multi_config = facts.generator == "Ninja Multi-Config";
  if (const auto ninja = cached(folder, "CMAKE_MAKE_PROGRAM");
      facts.generator.starts_with("Ninja") && !ninja.empty() &&
      ninja.find('\'') == std::string::npos) {
    facts.ninja_version = version_of("'" + ninja + "' --version 2>/dev/null");
  }
  std::error_code error;
  const auto own = folder / ".hrwatch";
  facts.writable = ::access((fs::exists(own, error) ? own : folder).c_str(), W_OK | X_OK) == 0;
  facts.session = SessionLock::holder(folder);
  for (const auto& file : fs::directory_iterator(own / "modules", error)) {
    if (file.path().extension() == ".json") {
      facts.modules.push_back(file.path().stem().string());
    }
  }
  std::sort(facts.modules.begin(), facts.modules.end());
}

}  // namespace

Facts read_facts(const std::string& build_dir, const std::vector<std::string>& targets) {
  Facts facts;
  facts.targets = targets;
  facts.ninja_version = version_of("ninja --version 2>/dev/null");
  facts.cmake_version = version_of("cmake --version 2>/dev/null");
  facts.compilers = present({"g++", "clang++", "gcc", "clang"});
  facts.linkers = present({"ld.lld", "mold", "ld.gold"});
  facts.inotify_watches = number_in("/proc/sys/fs/inotify/max_user_watches");
  facts.inotify_instances = number_in("/proc/sys/fs/inotify/max_user_instances");
  auto found = build_dir.empty() ? project::find_build_folder(fs::current_path().string())
                                 : hr::wire::Result<std::string>(build_dir);
  if (!found.ok()) {
    facts.no_build_dir = found.failure();
    return facts;
  }
  facts.build_dir = found.value();
  if (!fs::exists(fs::path(facts.build_dir) / "CMakeCache.txt")) {
    facts.no_build_dir =
        hr::wire::Failure{"no build in " + facts.build_dir, "it has no CMakeCache.txt",
                          "cmake -G Ninja -DCMAKE_BUILD_TYPE=Debug -B " + facts.build_dir};
    return facts;
  }
  read_build_folder(facts);
  return facts;
}

}  // namespace hrwatch::app
