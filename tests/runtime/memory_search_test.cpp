// Words of this process that may point into a range: found wherever the program has them, and not
// where only the runtime or a frame that is over has.
#include "src/memory_search.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "support/catch.h"

using hr::runtime::CallerState;
using hr::runtime::Finding;
using hr::runtime::MemorySearch;
using hr::runtime::Pointer;

namespace {

// Where nothing of this process is: only the words that a test makes lead there. Kept inverted, so
// that the test itself does not hold the address.
constexpr Pointer hidden = ~Pointer{0x5a5a00001000};
constexpr Pointer size = 64;

Pointer begin() {
  return ~hidden;
}

// The frame of the caller and everything of the functions that called it are the program's.
__attribute__((noinline)) std::vector<Pointer> look(MemorySearch search = {}) {
  search.look_for(begin(), begin() + size);
  const auto frame = reinterpret_cast<Pointer>(__builtin_frame_address(0));
  const auto found = search.run(hr::runtime::caller_of(frame));
  REQUIRE(found.ok());
  std::vector<Pointer> places;
  for (const Finding& finding : found.value())
    places.push_back(finding.at);
  return places;
}

bool found(const void* place, MemorySearch search = {}) {
  const auto places = look(std::move(search));
  return std::find(places.begin(), places.end(), reinterpret_cast<Pointer>(place)) != places.end();
}

// Whether frames that are over, or the runtime's own memory, are among the findings.
__attribute__((noinline)) bool finds_what_is_over() {
  const auto frame = reinterpret_cast<Pointer>(__builtin_frame_address(0));
  constexpr Pointer deepest = 1 << 20;
  MemorySearch search;
  search.look_for(begin(), begin() + size);
  const auto findings = search.run(hr::runtime::caller_of(frame));
  REQUIRE(findings.ok());
  return std::any_of(findings.value().begin(), findings.value().end(), [&](const Finding& finding) {
    return hr::runtime::is_own(finding.at) || (finding.at < frame && finding.at > frame - deepest);
  });
}

Pointer in_data;
thread_local Pointer in_thread;

__attribute__((noinline)) void leave_behind(Pointer value) {
  volatile Pointer words[64];
  for (auto& word : words)
    word = value;
}

}  // namespace

TEST_CASE("A pointer is found in data, on the heap, in mappings and on the stack") {
  const auto heap = std::make_unique<Pointer>(begin());
  CHECK(found(heap.get()));
  *heap = 0;
  in_data = begin() + size;  // behind the last element
  CHECK(found(&in_data));
  in_data = begin() + size + 1;
  CHECK_FALSE(found(&in_data));
  in_data = 0;
  volatile Pointer on_stack = begin() + 8;
  CHECK(found(const_cast<const Pointer*>(&on_stack)));
  on_stack = 0;
  in_thread = begin();
  CHECK(found(&in_thread));
  in_thread = 0;
  constexpr std::size_t pages = 1 << 14;
  auto* mapped = static_cast<std::byte*>(mmap(nullptr, pages * 4096, PROT_READ | PROT_WRITE,
                                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  REQUIRE(mapped != MAP_FAILED);
  const Pointer value = begin();
  for (const std::size_t at : {std::size_t{3}, std::size_t{4093}, 300 * std::size_t{4096} - 1}) {
    std::memcpy(mapped + at, &value, sizeof value);  // at any byte, and across pages
    CHECK(found(mapped + at));
    std::memset(mapped + at, 0, sizeof value);
  }
  munmap(mapped, pages * 4096);
}

TEST_CASE("A pointer on another thread's stack is found") {
  std::atomic<const Pointer*> place{nullptr};
  std::atomic<bool> done{false};
  std::thread other([&] {
    volatile Pointer word = begin();
    place = const_cast<const Pointer*>(&word);
    while (!done)
      std::this_thread::yield();
    word = 0;
  });
  while (place == nullptr)
    std::this_thread::yield();
  CHECK(found(place));
  done = true;
  other.join();
}

TEST_CASE("What frames left behind that are over is not found, nor what is left out") {
  leave_behind(begin());
  CHECK_FALSE(finds_what_is_over());
  leave_behind(0);
  in_data = begin();
  MemorySearch search;
  search.leave_out(reinterpret_cast<Pointer>(&in_data),
                   reinterpret_cast<Pointer>(&in_data) + sizeof in_data);
  CHECK_FALSE(found(&in_data, std::move(search)));
  in_data = 0;
  hr::runtime::Addresses own;
  for (int i = 0; i < 1000; ++i)
    own.push_back(begin());
  CHECK(hr::runtime::is_own(reinterpret_cast<Pointer>(own.data())));
  CHECK_FALSE(finds_what_is_over());
}

TEST_CASE("A register that a waiting function keeps is one of its own") {
  CallerState caller = hr::runtime::caller_of(0);
  caller.registers[2] = begin();
  MemorySearch search;
  search.look_for(begin(), begin() + size);
  const auto findings = search.run(caller);
  caller.registers[2] = 0;
  REQUIRE(findings.ok());
  CHECK(std::any_of(findings.value().begin(), findings.value().end(), [](const Finding& finding) {
    return finding.where == Finding::Where::register_;
  }));
}

TEST_CASE("Read-only memory is looked at when asked for, unused memory costs nothing") {
  auto* page = static_cast<Pointer*>(
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  page[7] = begin();
  mprotect(page, 4096, PROT_READ);
  CHECK_FALSE(found(page + 7));
  MemorySearch search;
  search.look_at(reinterpret_cast<Pointer>(page), reinterpret_cast<Pointer>(page) + 4096);
  CHECK(found(page + 7, std::move(search)));
  munmap(page, 4096);

  constexpr std::size_t unused = std::size_t{64} << 30;
  void* room = mmap(nullptr, unused, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  REQUIRE(room != MAP_FAILED);
  MemorySearch with_room;
  with_room.look_for(begin(), begin() + size);
  const auto frame = reinterpret_cast<Pointer>(__builtin_frame_address(0));
  REQUIRE(with_room.run(hr::runtime::caller_of(frame)).ok());
  CHECK(with_room.seen() > 0);
  CHECK(with_room.seen() < unused / 4);
  munmap(room, unused);
}
