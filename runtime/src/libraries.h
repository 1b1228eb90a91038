// All libraries that the program has opened by path, and the thread that watches their files. Knows
// the host, through which new code and news reach the program.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "src/library.h"
#include "src/own_descriptor.h"

// What the program holds.
struct hr_library {
  std::shared_ptr<hr::runtime::Library> library;
};

namespace hr::runtime {

class Libraries {
 public:
  // The one of this process. Never destroyed.
  static Libraries& get();

  // Thread: any, for all of these.
  hr_library* open(const std::string& path, const hr_hooks& hooks);
  bool close(hr_library* handle);
  bool watch(const hr_library& handle);
  bool reload(const hr_library& handle);

  // ---- what the watching thread calls
  std::vector<std::shared_ptr<Library>> watched();

  // In the child of a fork(), with libraries_mutex() held: the parent's thread and copies are not
  // its own.
  void leave_to_parent();

 private:
  Libraries() = default;

  // Behind libraries_mutex().
  std::vector<std::shared_ptr<Library>> opened_;
  std::vector<std::shared_ptr<Library>> watched_;
  std::vector<std::unique_ptr<hr_library>> closed_;  // inside an event that is being told
  bool thread_runs_ = false;
};

}  // namespace hr::runtime
