// What a platform provides for own_memory.h: whole pages, and where a thread's stack is. Knows no
// allocator.
#pragma once

#include <cstddef>

#include "src/raw_memory.h"

namespace hr::runtime {

// Zeroed, nullptr when there are none. `size`: whole pages.
void* take_pages(std::size_t size);
void give_pages_back(void* memory, std::size_t size);

struct StackRange {
  Pointer begin = 0, end = 0;
};

// Of the calling thread; empty when unknown.
StackRange this_stack();

}  // namespace hr::runtime
