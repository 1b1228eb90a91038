// The largest single block asked of `operator new` since it was last set to 0. Knows not by whom.
#pragma once

#include <atomic>
#include <cstddef>

extern std::atomic<std::size_t> largest_allocation;
