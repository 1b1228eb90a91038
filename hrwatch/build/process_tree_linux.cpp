#include <dirent.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>

#include "build/process_tree.h"

namespace hrwatch::build {

void signal_group(int leader, int signal) {
  if (leader > 1) {
    ::kill(-leader, signal);
  }
}

void kill_session(int leader) {
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
