#include <pthread.h>
#include <sys/mman.h>

#include "src/own_pages.h"

namespace hr::runtime {

void* take_pages(std::size_t size) {
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory != MAP_FAILED ? memory : nullptr;
}

void give_pages_back(void* memory, std::size_t size) {
  ::munmap(memory, size);
}

StackRange this_stack() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0)
    return {};
  void* begin = nullptr;
  std::size_t size = 0;
  const bool known = pthread_attr_getstack(&attributes, &begin, &size) == 0;
  pthread_attr_destroy(&attributes);
  const auto first = reinterpret_cast<Pointer>(begin);
  return known ? StackRange{first, first + size} : StackRange{};
}

}  // namespace hr::runtime
