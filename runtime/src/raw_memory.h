// Copies, loads and stores on memory that belongs to the user's program. No sanitizer, no
// interceptor and no optimiser takes part. Knows nothing of what lies there.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hr::runtime {

// An address in this process.
using Pointer = std::uintptr_t;

#define HR_RAW_MEMORY __attribute__((no_sanitize("address", "thread", "undefined")))

// An intercepted memcpy would check the redzones of the user's variables; `rep movsb` is nobody's.
HR_RAW_MEMORY inline void raw_copy(Pointer to, Pointer from, std::size_t size) {
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

HR_RAW_MEMORY inline void raw_copy(Pointer to, const void* from, std::size_t size) {
  raw_copy(to, reinterpret_cast<Pointer>(from), size);
}

HR_RAW_MEMORY inline void raw_copy(void* to, Pointer from, std::size_t size) {
  raw_copy(reinterpret_cast<Pointer>(to), from, size);
}

template <class T>
HR_RAW_MEMORY inline T raw_load(Pointer from) {
  T value = {};
  raw_copy(&value, from, sizeof(T));
  return value;
}

// One plain store of an aligned word: other threads see the old or the new value, nothing between.
HR_RAW_MEMORY inline void store_word(Pointer to, std::uint64_t value) {
  asm volatile("movq %1, %0" : "=m"(*reinterpret_cast<std::uint64_t*>(to)) : "r"(value) : "memory");
}

HR_RAW_MEMORY inline std::uint64_t load_word(Pointer from) {
  std::uint64_t value = 0;
  asm volatile("movq %1, %0" : "=r"(value) : "m"(*reinterpret_cast<const std::uint64_t*>(from)));
  return value;
}

HR_RAW_MEMORY inline void store_half(Pointer to, std::uint16_t value) {
  asm volatile("movw %1, %0" : "=m"(*reinterpret_cast<std::uint16_t*>(to)) : "r"(value) : "memory");
}

// Makes the process's own, present copy of each page of [begin, end), so that a later store there
// does not fault. Writes no bit: other threads may use the pages meanwhile.
HR_RAW_MEMORY inline void touch_pages(Pointer begin, Pointer end) {
  constexpr Pointer page = 4096;
  for (Pointer at = begin & ~(page - 1); at < end; at += page)
    asm volatile("lock orb $0, %0" : "+m"(*reinterpret_cast<unsigned char*>(at)) : : "memory");
}

}  // namespace hr::runtime
