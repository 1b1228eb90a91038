// Waiting on what a stream or a listener is waited on.
#pragma once

#include <cstdint>

namespace hr::test {

// True when there is something to do within `milliseconds`: to read, or, with `write`, to write.
bool is_ready(std::intptr_t handle, int milliseconds, bool write = false);

}  // namespace hr::test
