// Gives objects the time at which their compiler was started. A ninja before 1.12 (its pull request
// 1943) takes an object that is newer than its source to be up to date, also where the source was
// saved while it was being compiled: that save would never be built. Knows ninja's log, no process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hrwatch::build {

// One line of ninja's log: a command that has ended well.
struct LoggedCommand {
  std::int64_t start_ms = 0;  // since that ninja was started
  std::string output;         // as in build.ninja

  bool operator==(const LoggedCommand&) const = default;
};

// The commands in a part of a .ninja_log (versions 4 to 7); what is no such line is left out.
std::vector<LoggedCommand> logged_commands(std::string_view log);

class CommandTimes {
 public:
  // To be called before ninja is started in `build_dir`.
  void build_begins(const std::filesystem::path& build_dir);

  // To be called before the next one is started: objects of the last build become as old as their
  // commands. Those that can't be changed stay as they are.
  // Cost: what that build has logged, and a few microseconds for each object it made.
  void set();

 private:
  std::filesystem::path build_dir_;
  std::filesystem::file_time_type began_;
  std::uintmax_t logged_ = 0;  // bytes of the log that are older
};

}  // namespace hrwatch::build
