#include "src/own_memory.h"

#include <algorithm>
#include <array>
#include <memory_resource>
#include <mutex>
#include <new>

#include "src/own_pages.h"

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
    void* memory = take_pages(whole);
    if (memory == nullptr)
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
    give_pages_back(chunk, chunk->size);
  }

  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  Header* first_ = nullptr;
};

struct Own {
  std::mutex mutex;
  std::array<StackRange, 4> stacks;
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
  const StackRange mine = this_stack();
  const std::lock_guard lock(own().mutex);
  for (StackRange& stack : own().stacks) {
    if (mine.end == 0 || stack.end != 0)
      continue;
    stack = mine;
    return;
  }
}

bool is_own(Pointer address) {
  const std::lock_guard lock(own().mutex);
  return own().pages.contains(address) ||
         std::any_of(own().stacks.begin(), own().stacks.end(), [address](const StackRange& stack) {
           return address >= stack.begin && address < stack.end;
         });
}

}  // namespace hr::runtime
