#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "support/processes.h"

namespace hrwatch::tests {

namespace {

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> all;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const pid_t process = std::atoi(entry.path().filename().c_str());
    if (process > 0 && process != getpid())
      all.push_back(process);
  }
  return all;
}

std::filesystem::path folder_of(pid_t process) {
  return std::filesystem::path("/proc") / std::to_string(process);
}

// proc(5): the parent is the second field behind the name in parentheses.
pid_t parent_of(pid_t process) {
  const std::string text = content(folder_of(process) / "stat");
  const auto end = text.rfind(')');
  if (end == std::string::npos)
    return 0;
  std::istringstream fields(text.substr(end + 1));
  std::string state;
  pid_t parent = 0;
  fields >> state >> parent;
  return parent;
}

}  // namespace

std::vector<pid_t> processes_naming(const std::string& text) {
  std::vector<pid_t> found;
  for (const pid_t process : all_processes())
    if (content(folder_of(process) / "cmdline").find(text) != std::string::npos)
      found.push_back(process);
  return found;
}

std::vector<pid_t> descendants_called(pid_t parent, const std::string& name) {
  std::vector<pid_t> found;
  for (const pid_t process : all_processes()) {
    if (content(folder_of(process) / "comm") != name + '\n')
      continue;
    for (pid_t at = process; at > 1; at = parent_of(at))
      if (at == parent)
        found.push_back(process);
  }
  return found;
}

}  // namespace hrwatch::tests
