#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "app/machine.h"

namespace hrwatch::app {
namespace {

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

}  // namespace

std::string version_of(const std::string& program) {
  if (program.find('\'') != std::string::npos) {
    return {};
  }
  std::FILE* output = ::popen(("'" + program + "' --version 2>/dev/null").c_str(), "re");
  if (output == nullptr) {
    return {};
  }
  std::array<char, 256> line{};
  const bool any = std::fgets(line.data(), line.size(), output) != nullptr;
  ::pclose(output);
  return version_in(any ? line.data() : "");
}

bool is_writable(const std::string& folder) {
  return ::access(folder.c_str(), W_OK | X_OK) == 0;
}

void read_machine(Facts& facts) {
  facts.ninja_version = version_of("ninja");
  facts.cmake_version = version_of("cmake");
  facts.compilers = present({"g++", "clang++", "gcc", "clang"});
  facts.linkers = present({"ld.lld", "mold", "ld.gold"});
  facts.inotify_watches = number_in("/proc/sys/fs/inotify/max_user_watches");
  facts.inotify_instances = number_in("/proc/sys/fs/inotify/max_user_instances");
}

}  // namespace hrwatch::app
