// A whole family of processes: what one child starts, and what those start. Knows no ninja.
#pragma once

#include <memory>

namespace hrwatch::build {

// Thread: one at a time.
class ProcessTree {
 public:
  ProcessTree();
  ~ProcessTree();
  ProcessTree(const ProcessTree&) = delete;
  ProcessTree& operator=(const ProcessTree&) = delete;

  // With which uv_process_options_t::flags its first process must be started.
  static unsigned flags();

  // The first process, at once after it was started.
  void adopt(int leader);

  // Asks all to stop (SIGINT to the group). Windows can't ask what has no console with us: they are
  // killed.
  void interrupt();

  // Cost: POSIX: one pass over the process table.
  void kill();

 private:
  struct Family;
  std::unique_ptr<Family> family_;
};

}  // namespace hrwatch::build
