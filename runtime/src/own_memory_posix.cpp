#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <memory_resource>
#include <mutex>
#include <new>

#include "src/own_memory.h"

namespace hr::runtime {
namespace {

// Whole pages from the system, in a list that is kept in the pages themselves.
class Pages : public std::pmr::memory_resource {
 public:
  bool contains(Pointer address) const {
    for (const Header* chunk = first_; chunk != nullptr; chunk = chunk->next) {
      const auto begin = reinterpret_cast<Pointer>(chunk);
      if (address >= begin && address - begin < chunk->size)
        return true;
    }
    return false;
  }

 private:
  struct Header {
    Header* next;
    std::size_t size;
  };

  static constexpr std::size_t page = 4096;

  // Where the memory begins behind the header.
  static std::size_t offset(std::size_t align) { return std::max(align, sizeof(Header)); }

  void* do_allocate(std::size_t size, std::size_t align) override {
    if (align > page)
      throw std::bad_alloc();
    const std::size_t whole = (size + offset(align) + page - 1) / page * page;
    void* memory =
        ::mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
      throw std::bad_alloc();
    first_ = new (memory) Header{first_, whole};
    return reinterpret_cast<std::byte*>(first_) + offset(align);
  }

  void do_deallocate(void* memory, std::size_t, std::size_t align) override {
    auto* chunk = reinterpret_cast<Header*>(static_cast<std::byte*>(memory) - offset(align));
    Header** link = &first_;
    while (*link != chunk)
      link = &(*link)->next;
    *link = chunk->next;
    ::munmap(chunk, chunk->size);
  }

  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  Header* first_ = nullptr;
};

struct Stack {
  Pointer begin = 0, end = 0;
};

struct Own {
  std::mutex mutex;
  std::array<Stack, 4> stacks;
  Pages pages;
  std::pmr::unsynchronized_pool_resource pool{&pages};
};

Own& own() {
  static Own& only = *new Own;  // outlives static destruction
  return only;
}

}  // namespace

void* allocate_own(std::size_t size, std::size_t align) {
  const std::lock_guard lock(own().mutex);
  return own().pool.allocate(size, align);
}

void release_own(void* memory, std::size_t size, std::size_t align) {
  const std::lock_guard lock(own().mutex);
  own().pool.deallocate(memory, size, align);
}

void own_this_stack() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0)
    return;
  void* begin = nullptr;
  std::size_t size = 0;
  const bool known = pthread_attr_getstack(&attributes, &begin, &size) == 0;
  pthread_attr_destroy(&attributes);
  const std::lock_guard lock(own().mutex);
  for (Stack& stack : own().stacks) {
    if (!known || stack.end != 0)
      continue;
    stack = {reinterpret_cast<Pointer>(begin), reinterpret_cast<Pointer>(begin) + size};
    return;
  }
}

bool is_own(Pointer address) {
  const std::lock_guard lock(own().mutex);
  return own().pages.contains(address) ||
         std::any_of(own().stacks.begin(), own().stacks.end(), [address](const Stack& stack) {
           return address >= stack.begin && address < stack.end;
         });
}

}  // namespace hr::runtime
