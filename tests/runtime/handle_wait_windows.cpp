#include <windows.h>

#include "handle_wait.h"

namespace hr::test {

bool is_ready(std::intptr_t handle, int milliseconds, bool) {
  return WaitForSingleObject(reinterpret_cast<HANDLE>(handle), static_cast<DWORD>(milliseconds)) ==
         WAIT_OBJECT_0;
}

}  // namespace hr::test
