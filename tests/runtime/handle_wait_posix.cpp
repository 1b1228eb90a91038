#include <poll.h>

#include "handle_wait.h"

namespace hr::test {

bool is_ready(std::intptr_t handle, int milliseconds, bool write) {
  pollfd waiting = {static_cast<int>(handle), static_cast<short>(write ? POLLOUT : POLLIN), 0};
  return ::poll(&waiting, 1, milliseconds) == 1;
}

}  // namespace hr::test
