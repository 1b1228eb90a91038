#include "src/address_space.h"

#include <sys/mman.h>

#include <cstdlib>

#include "support/catch.h"

using namespace hr::runtime;

namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

// A page where the kernel puts libraries.
struct Library {
  Library()
      : begin(reinterpret_cast<Pointer>(
            ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {}

  ~Library() { ::munmap(reinterpret_cast<void*>(begin), 4096); }

  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  const Pointer begin;
};

bool is_free(Pointer address, std::uint64_t size) {
  void* got = ::mmap(reinterpret_cast<void*>(address), size, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (got == MAP_FAILED)
    return false;
  ::munmap(got, size);
  return true;
}

}  // namespace

TEST_CASE("The reserve grows with the module, within limits") {
  CHECK(reserve_size_for(64 * 1024) == 256 * mib);
  CHECK(reserve_size_for(512 * 1024) == 320 * mib);
  CHECK(reserve_size_for(8 * mib) == 1024 * mib);
  CHECK(reserve_size_for(100 * mib) == 1024 * mib);
}

TEST_CASE(
    "A place holds the module grown by an eighth; the kernel's alignment borrows the next one") {
  for (std::uint64_t span :
       {std::uint64_t{4096}, 100 * 1024 + std::uint64_t{0}, 3 * mib, 40 * mib}) {
    INFO("span " << span);
    CHECK(place_size_for(span) >= span + span / 8);
    CHECK(2 * place_size_for(span) >= hole_size_for(span + span / 8, 4096));
    CHECK(place_size_for(span) % 4096 == 0);
  }
  CHECK(reserve_size_for(64 * 1024) / place_size_for(64 * 1024) > 1000);
  CHECK(reserve_size_for(3 * mib) / place_size_for(3 * mib) >= 256);
}

TEST_CASE("A generation has its own place, or the first that is free") {
  Places places(4);
  CHECK(places.take(1, 1) == 0u);
  CHECK(places.take(3, 1) == 2u);
  CHECK(places.take(7, 1) == 1u);  // 7 falls on the place of 3
  CHECK(places.take(9, 2) == std::nullopt);
  CHECK(places.take(9, 1) == 3u);
  CHECK(places.take(10, 1) == std::nullopt);
  places.give_back(1, 2);
  CHECK(places.take(11, 2) == 1u);
  CHECK(places.taken(1));
  CHECK_FALSE(Places(0).take(1, 1));
}

TEST_CASE("What a generation does not need of its hole is the next one's") {
  const Library library;
  auto space = AddressSpace::reserve(library.begin, library.begin + 3 * mib);
  REQUIRE(space.ok());
  const std::uint64_t place = space.value().place_size();
  auto first = space.value().take(1, place + mib);
  REQUIRE(first.ok());
  REQUIRE(first.value().places == 2);
  space.value().open(first.value());
  space.value().close_around(first.value(), first.value().begin,
                             first.value().begin + place - 4096);
  CHECK(first.value().places == 1);
  CHECK(first.value().end == first.value().begin + place);
  auto second = space.value().take(2, place - 4096);
  REQUIRE(second.ok());
  CHECK(second.value().begin == first.value().begin + place);
}

TEST_CASE("A hole is where the next mapping of its size lands") {
  const Library library;
  const Pointer here = library.begin;
  auto space = AddressSpace::reserve(here, here + 4096);
  REQUIRE(space.ok());
  for (std::uint32_t number : {1u, 2u, 40u}) {
    auto hole = space.value().take(number, 16 * 4096);
    REQUIRE(hole.ok());
    space.value().open(hole.value());
    void* got = ::mmap(nullptr, 16 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(reinterpret_cast<Pointer>(got) == hole.value().begin);
    ::munmap(got, 16 * 4096);
    space.value().close_around(hole.value(), hole.value().begin, hole.value().begin);
    CHECK_FALSE(is_free(hole.value().begin, 4096));
    space.value().give_back(hole.value(), hole.value().begin, hole.value().begin);
  }
  const auto distance = static_cast<std::int64_t>(space.value().slot(0) - here);
  CHECK(std::llabs(distance) < code_reach);
}

TEST_CASE("A mapping for which the kernel wants whole 2 MB lands at its place, and takes one") {
  const Library library;
  auto space = AddressSpace::reserve(library.begin, library.begin + 3 * mib);
  REQUIRE(space.ok());
  REQUIRE(space.value().place_size() == 4 * mib);
  const std::uint64_t length = 3 * mib;
  for (std::uint32_t number : {1u, 2u, 3u}) {
    auto hole = space.value().take(number, hole_size_for(length, 4096));
    REQUIRE(hole.ok());
    REQUIRE(hole.value().lead == 4096);
    space.value().open(hole.value());
    // As Linux searches since 6.7: for 2 MB more, from the top down, then to the next whole 2 MB.
    void* searched = ::mmap(reinterpret_cast<void*>(library.begin), length + 2 * mib, PROT_NONE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    const auto found = reinterpret_cast<Pointer>(searched);
    const Pointer begin = (found / (2 * mib) + 1) * (2 * mib);
    CHECK(begin == hole.value().begin);
    ::munmap(searched, length + 2 * mib);
    space.value().close_around(hole.value(), begin, begin + length);
    CHECK(hole.value().places == 1);
    CHECK_FALSE(is_free(begin - 4096, 4096));
    CHECK_FALSE(is_free(begin + length, 4096));
  }
}

TEST_CASE("Two modules side by side both have their places below, where the kernel looks") {
  const Library library;
  auto first = AddressSpace::reserve(library.begin, library.begin + 4096);
  auto second = AddressSpace::reserve(library.begin + 4096, library.begin + 8192);
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  CHECK(first.value().first_place() < library.begin);
  CHECK(second.value().first_place() < library.begin);
}

TEST_CASE("What a generation leaves is covered again, unless someone else is there by then") {
  const Library library;
  auto space = AddressSpace::reserve(library.begin, library.begin + 4096);
  REQUIRE(space.ok());
  const auto load = [&] {
    auto hole = space.value().take(1, 8 * 4096);
    REQUIRE(hole.ok());
    space.value().open(hole.value());
    const Pointer begin = hole.value().begin;
    space.value().close_around(hole.value(), begin, begin + 4 * 4096);  // as if mapped there
    return hole.value();
  };
  AddressSpace::Hole first = load();
  REQUIRE(is_free(first.begin, 4 * 4096));
  space.value().give_back(first, first.begin, first.begin + 4 * 4096);
  CHECK_FALSE(is_free(first.begin, 4096));
  AddressSpace::Hole second = load();
  CHECK(second.begin == first.begin);
  void* theirs = ::mmap(reinterpret_cast<void*>(second.begin + 4096), 4096, PROT_READ,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  REQUIRE(theirs != MAP_FAILED);
  space.value().give_back(second, second.begin, second.begin + 4 * 4096);
  CHECK(load().begin != second.begin);
  ::munmap(theirs, 4096);
}

TEST_CASE("The same distance from the module every time") {
  const Library library;
  const Pointer here = library.begin;
  Pointer first = 0;
  for (int i = 0; i < 3; ++i) {
    auto space = AddressSpace::reserve(here, here + 4096);
    REQUIRE(space.ok());
    if (i > 0)
      CHECK(space.value().slot(0) == first);
    first = space.value().slot(0);
  }
  CHECK(is_free(first, slot_table_bytes));
}

TEST_CASE("A reserve that is full says so") {
  const Library library;
  const Pointer here = library.begin;
  auto space = AddressSpace::reserve(here, here + 4096);
  REQUIRE(space.ok());
  std::uint32_t number = 0;
  auto hole = space.value().take(++number, 64 * mib);
  while (hole)
    hole = space.value().take(++number, 64 * mib);
  CHECK(number > 2);
  CHECK_FALSE(hole.failure().fix.empty());
}
