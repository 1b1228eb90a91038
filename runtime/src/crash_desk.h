// Crashes between the program and the tool: sent, and told to the program's callbacks once the tool
// has explained them, or at once where there is no tool. Of the runtime's thread alone.
#pragma once

#include <map>
#include <string>

#include "src/connection.h"
#include "src/host.h"

namespace hr::runtime {

class CrashDesk {
 public:
  // `link`: to the tool of its build folder, nullptr when there is none.
  void take(CrashNotice notice, Connection* link);
  void take(const wire::CrashExplained& explained);
  // The tool has gone without a word on these.
  void tool_left(const std::string& build_dir);

  bool waits_for(std::uint64_t crash) const { return unexplained_.contains(crash); }

 private:
  static void tell(const CrashNotice& notice, wire::Failure text);

  std::map<std::uint64_t, CrashNotice> unexplained_;  // without their stacks
};

// What can be said of a crash without a tool: the names that the dynamic linker knows.
wire::Failure explain_crash(const CrashNotice& notice);

}  // namespace hr::runtime
