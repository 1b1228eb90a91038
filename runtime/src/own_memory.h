// Memory of the runtime's own for what may hold addresses of the program's variables. It lies apart
// from the heap, so that a search of the program's memory for such addresses can leave it out.
// Knows nothing of what lies there.
#pragma once

#include <cstddef>
#include <vector>

#include "src/raw_memory.h"

namespace hr::runtime {

// Throws std::bad_alloc. Thread: any.
void* allocate_own(std::size_t size, std::size_t align);
void release_own(void* memory, std::size_t size, std::size_t align);

// The calling thread is the runtime's: its stack is such memory, too. Up to four threads.
void own_this_stack();

// True when `address` is in such memory, in use or not. Thread: any.
bool is_own(Pointer address);

template <class T>
struct OwnAllocator {
  using value_type = T;

  OwnAllocator() = default;

  template <class Other>
  OwnAllocator(const OwnAllocator<Other>&) {}

  T* allocate(std::size_t count) {
    return static_cast<T*>(allocate_own(count * sizeof(T), alignof(T)));
  }

  void deallocate(T* memory, std::size_t count) {
    release_own(memory, count * sizeof(T), alignof(T));
  }

  friend bool operator==(const OwnAllocator&, const OwnAllocator&) { return true; }
};

template <class T>
using OwnVector = std::vector<T, OwnAllocator<T>>;

using Addresses = OwnVector<Pointer>;

}  // namespace hr::runtime
