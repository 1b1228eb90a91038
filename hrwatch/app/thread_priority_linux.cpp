#include <sys/resource.h>

#include "app/thread_priority.h"

namespace hrwatch::app {

void let_others_go_first() {
  // On Linux 0 names the calling thread, not its process (setpriority(2), "C library/kernel
  // differences"). A step of nice values is a factor of 1.25. Where it fails nothing is lost.
  constexpr int a_third = 5;
  ::setpriority(PRIO_PROCESS, 0, ::getpriority(PRIO_PROCESS, 0) + a_third);
}

}  // namespace hrwatch::app
