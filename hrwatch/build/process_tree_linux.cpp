#include <dirent.h>
#include <signal.h>
#include <unistd.h>
#include <uv.h>

#include <cstdlib>

#include "build/process_tree.h"

namespace hrwatch::build {

struct ProcessTree::Family {
  int leader = 0;
};

ProcessTree::ProcessTree() : family_(std::make_unique<Family>()) {}

ProcessTree::~ProcessTree() = default;

// A session of its own: a Ctrl-C is ours to pass on.
unsigned ProcessTree::flags() {
  return UV_PROCESS_DETACHED;
}

void ProcessTree::adopt(int leader) {
  family_->leader = leader;
}

void ProcessTree::interrupt() {
  if (family_->leader > 1) {
    ::kill(-family_->leader, SIGINT);
  }
}

// Everything of the session: ninja puts each compiler into a group of its own, so that its group
// alone would leave them behind.
void ProcessTree::kill() {
  const int leader = family_->leader;
  if (leader <= 1) {
    return;
  }
  ::kill(leader, SIGKILL);  // first, so that it starts nothing new
  DIR* processes = ::opendir("/proc");
  if (processes == nullptr) {
    return;
  }
  while (const dirent* entry = ::readdir(processes)) {
    const int pid = std::atoi(entry->d_name);
    if (pid > 1 && ::getsid(pid) == leader) {
      ::kill(pid, SIGKILL);
    }
  }
  ::closedir(processes);
}

}  // namespace hrwatch::build
