#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <sstream>
#include <string_view>

#include "app/host_process.h"

namespace hrwatch::app {
namespace {

constexpr int patience_ms = 2000;

hr::wire::Failure not_looked_at(const std::string& why) {
  return {
      "the program's threads can't be looked at", why,
      "detach the debugger; where the system forbids it: sudo sysctl kernel.yama.ptrace_scope=0"};
}

// All that `descriptor` gives until its other end closes; false when that takes too long.
bool read_all(int descriptor, std::string& text) {
  std::array<char, 4096> piece{};
  for (;;) {
    pollfd waiting = {descriptor, POLLIN, 0};
    if (::poll(&waiting, 1, patience_ms) != 1)
      return false;
    const ssize_t got = ::read(descriptor, piece.data(), piece.size());
    if (got == 0)
      return true;
    if (got < 0 && errno != EINTR)
      return false;
    text.append(piece.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  }
}

// Output of `hrwatch frames PID`; "" when it could not be run or did not end.
std::string output_of_frames(int pid) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::string name = "hrwatch", verb = "frames", number = std::to_string(pid);
  const std::array<char*, 4> arguments = {name.data(), verb.data(), number.data(), nullptr};
  pid_t child = 0;
  const int failed =
      ::posix_spawn(&child, "/proc/self/exe", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  std::string text;
  if (failed == 0) {
    if (!read_all(ends[0], text)) {
      ::kill(child, SIGKILL);
      text.clear();
    }
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  ::close(ends[0]);
  return text;
}

}  // namespace

bool same_file_name(const std::string& one, const std::string& other) {
  return one == other;
}

bool comes_with_system(const std::string& path) {
  for (const std::string_view folder : {"/usr/lib/", "/lib/", "/lib64/", "/usr/lib64/", "/dev/"})
    if (path.starts_with(folder))
      return true;
  return false;
}

std::string thread_name(int pid, int thread) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/task/" + std::to_string(thread) + "/comm");
  std::string name;
  std::getline(file, name);
  return name;
}

std::string running_executable(int pid) {
  return "/proc/" + std::to_string(pid) + "/exe";
}

std::vector<MappedFile> mapped_files(int pid) {
  std::vector<MappedFile> files;
  std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
  for (std::string line; std::getline(maps, line);) {
    const std::size_t slash = line.find('/');
    const std::size_t dash = line.find('-');
    if (slash == std::string::npos || dash == std::string::npos)
      continue;
    std::string path = line.substr(slash);
    constexpr std::string_view gone = " (deleted)";
    if (path.ends_with(gone))
      path.resize(path.size() - gone.size());
    std::uint64_t begin = 0, end = 0;
    const char* const text = line.data();
    std::from_chars(text, text + dash, begin, 16);
    std::from_chars(text + dash + 1, text + line.find(' '), end, 16);
    if (!files.empty() && files.back().path == path)
      files.back().end = end;
    else
      files.push_back({std::move(path), begin, end});
  }
  return files;
}

hr::wire::Result<std::vector<ThreadStack>> thread_stacks(int pid) {
  std::istringstream lines(output_of_frames(pid));
  std::string first;
  if (!std::getline(lines, first))
    return not_looked_at("looking took too long");
  if (first != "frames")
    return not_looked_at(first);
  constexpr std::string_view thread = "thread ";
  std::vector<ThreadStack> stacks;
  for (std::string line; std::getline(lines, line);) {
    const char* const end = line.data() + line.size();
    if (line.starts_with(thread)) {
      std::from_chars(line.data() + thread.size(), end, stacks.emplace_back().thread);
    } else if (!stacks.empty()) {
      std::from_chars(line.data(), end, stacks.back().frames.emplace_back(), 16);
    }
  }
  return stacks;
}

}  // namespace hrwatch::app
