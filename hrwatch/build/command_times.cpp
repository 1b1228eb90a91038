#include "build/command_times.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iterator>
#include <system_error>

namespace hrwatch::build {
namespace {

namespace fs = std::filesystem;

constexpr const char* log_name = ".ninja_log";

// Nothing else is made older: whoever watches other outputs would take that for a change.
bool is_object(const fs::path& output) {
  const auto extension = output.extension();
  return extension == ".o" || extension == ".obj" || extension == ".gch" || extension == ".pch";
}

std::uintmax_t size_of(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return error ? 0 : size;
}

// The time by the clock that the files' own times come from: that of another machine, perhaps.
fs::file_time_type file_system_time(const fs::path& build_dir) {
  const fs::path file = build_dir / ".hrwatch" / "build_began";
  std::ofstream(file) << '\n';
  std::error_code error;
  const auto time = fs::last_write_time(file, error);
  return error ? fs::file_time_type::clock::now() : time;
}

std::string text_from(const fs::path& file, std::uintmax_t offset) {
  std::ifstream in(file, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(offset));
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

std::vector<LoggedCommand> logged_commands(std::string_view log) {
  std::vector<LoggedCommand> commands;
  for (std::size_t at = 0; at < log.size();) {
    const std::size_t end = std::min(log.find('\n', at), log.size());
    const std::string_view line = log.substr(at, end - at);
    at = end + 1;
    // start, end, time, output, hash of the command; separated by tabs
    std::string_view fields[5];
    std::size_t from = 0;
    int count = 0;
    for (; count < 5 && from <= line.size(); ++count) {
      const std::size_t to = std::min(line.find('\t', from), line.size());
      fields[count] = line.substr(from, to - from);
      from = to + 1;
    }
    LoggedCommand command;
    const char* const last = fields[0].data() + fields[0].size();
    const auto read = std::from_chars(fields[0].data(), last, command.start_ms);
    if (count == 5 && read.ec == std::errc() && read.ptr == last && !fields[3].empty()) {
      command.output = fields[3];
      commands.push_back(std::move(command));
    }
  }
  return commands;
}

void CommandTimes::build_begins(const fs::path& build_dir) {
  build_dir_ = build_dir;
  began_ = file_system_time(build_dir);
  logged_ = size_of(build_dir / log_name);
}

void CommandTimes::set() {
  if (build_dir_.empty()) {
    return;
  }
  const fs::path log = build_dir_ / log_name;
  // ninja writes a log anew that has grown too long.
  const std::uintmax_t from = size_of(log) < logged_ ? 0 : logged_;
  for (const LoggedCommand& command : logged_commands(text_from(log, from))) {
    const fs::path output = build_dir_ / command.output;
    if (!is_object(output)) {
      continue;
    }
    std::error_code error;
    const auto written = fs::last_write_time(output, error);
    const auto started = began_ + std::chrono::milliseconds(command.start_ms);
    if (!error && written >= began_ && written > started) {
      fs::last_write_time(output, started, error);
    }
  }
  build_dir_.clear();
}

}  // namespace hrwatch::build
