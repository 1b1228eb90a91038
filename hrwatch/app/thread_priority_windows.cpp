#include <windows.h>

#include "app/thread_priority.h"

namespace hrwatch::app {

void let_others_go_first() {
  // A lower priority gets what is left over, now and then more. Where it fails nothing is lost.
  SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_BELOW_NORMAL);
}

}  // namespace hrwatch::app
