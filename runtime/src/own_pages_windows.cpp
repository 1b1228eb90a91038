#include <windows.h>

#include "src/own_pages.h"

namespace hr::runtime {

void* take_pages(std::size_t size) {
  return VirtualAlloc(nullptr, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void give_pages_back(void* memory, std::size_t) {
  VirtualFree(memory, 0, MEM_RELEASE);
}

StackRange this_stack() {
  ULONG_PTR begin = 0;
  ULONG_PTR end = 0;
  GetCurrentThreadStackLimits(&begin, &end);
  return {begin, end};
}

}  // namespace hr::runtime
