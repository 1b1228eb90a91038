// As address_space_test.cpp, where a reservation is released as a whole.
#include <windows.h>

#include <cstdlib>

#include "src/address_space.h"
#include "support/catch.h"

using namespace hr::runtime;

namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr std::uint64_t unit = 64 * kib;

void* as_pointer(Pointer address) {
  return reinterpret_cast<void*>(address);
}

// Where a library could lie: far from all others, so that what is near is free.
struct Library {
  Library()
      : begin(reinterpret_cast<Pointer>(
            VirtualAlloc(as_pointer(Pointer{0x60} << 32), unit, MEM_RESERVE, PAGE_NOACCESS))) {
    REQUIRE(begin != 0);
  }

  ~Library() { VirtualFree(as_pointer(begin), 0, MEM_RELEASE); }

  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  const Pointer begin;
};

DWORD state_of(Pointer address) {
  MEMORY_BASIC_INFORMATION pages = {};
  REQUIRE(VirtualQuery(as_pointer(address), &pages, sizeof pages) != 0);
  return pages.State;
}

bool take_at(Pointer address, std::uint64_t size) {
  return VirtualAlloc(as_pointer(address), size, MEM_RESERVE, PAGE_NOACCESS) != nullptr;
}

void release(Pointer address) {
  REQUIRE(VirtualFree(as_pointer(address), 0, MEM_RELEASE) != 0);
}

}  // namespace

TEST_CASE("An opened hole is free, and everything else of the reserve is not") {
  const Library library;
  auto space = AddressSpace::reserve(library.begin, library.begin + 100 * kib);
  REQUIRE(space.ok());
  CHECK(space.value().place_size() == 192 * kib);
  CHECK(space.value().place_count() * space.value().place_size() <= 256 * mib);
  for (std::uint32_t number : {1u, 2u, 40u}) {
    auto hole = space.value().take(number, 100 * kib);
    REQUIRE(hole.ok());
    const Pointer begin = hole.value().begin;
    CHECK(begin == space.value().first_place() + (number - 1) * 192 * kib);
    space.value().open(hole.value());
    CHECK(state_of(begin) == MEM_FREE);
    CHECK(state_of(begin - 1) != MEM_FREE);
    CHECK(state_of(begin + 192 * kib) == MEM_RESERVE);
    REQUIRE(take_at(begin, 100 * kib));  // as an image of that size would be
    space.value().close_around(hole.value(), begin, begin + 100 * kib);
    CHECK(state_of(begin + 128 * kib) == MEM_RESERVE);
    release(begin);
    space.value().give_back(hole.value(), begin, begin + 100 * kib);
    CHECK(state_of(begin) == MEM_RESERVE);
    CHECK(space.value().take(number, 100 * kib).value().begin == begin);
  }
}

TEST_CASE("Slots can be written, and all is within reach") {
  const Library library;
  auto space = AddressSpace::reserve(library.begin, library.begin + unit);
  REQUIRE(space.ok());
  store_word(space.value().slot(slot_count - 1), 7);
  CHECK(load_word(space.value().slot(slot_count - 1)) == 7);
  const auto distance = static_cast<std::int64_t>(space.value().slot(0) - library.begin);
  CHECK(std::llabs(distance) < code_reach);
  CHECK(space.value().reaches(library.begin, library.begin + unit));
  CHECK_FALSE(space.value().reaches(library.begin + (Pointer{1} << 32),
                                    library.begin + (Pointer{1} << 32) + unit));
}

TEST_CASE("A hole of several places gives back those that the image does not need") {
  const Library library;
  auto space = AddressSpace::reserve(library.begin, library.begin + 100 * kib);
  REQUIRE(space.ok());
  auto first = space.value().take(1, 400 * kib);
  REQUIRE(first.ok());
  REQUIRE(first.value().places == 3);
  space.value().open(first.value());
  const Pointer begin = first.value().begin;
  REQUIRE(take_at(begin, 200 * kib));
  space.value().close_around(first.value(), begin, begin + 200 * kib);
  CHECK(first.value().places == 2);
  CHECK(state_of(begin + 2 * 192 * kib) == MEM_RESERVE);
  CHECK(space.value().take(3, 100 * kib).value().begin == begin + 2 * 192 * kib);
  release(begin);
  space.value().give_back(first.value(), begin, begin + 200 * kib);
  CHECK(space.value().take(1, 300 * kib).value().begin == begin);
}

TEST_CASE("What someone else took meanwhile stays theirs, and the place is not used again") {
  const Library library;
  auto space = AddressSpace::reserve(library.begin, library.begin + 100 * kib);
  REQUIRE(space.ok());
  auto hole = space.value().take(1, 100 * kib);
  REQUIRE(hole.ok());
  const Pointer begin = hole.value().begin;
  space.value().open(hole.value());
  REQUIRE(take_at(begin + unit, unit));
  space.value().close_around(hole.value(), begin, begin);  // nothing came
  space.value().give_back(hole.value(), begin, begin);
  CHECK(hole.value().shared);
  CHECK(state_of(begin + unit) == MEM_RESERVE);
  CHECK(space.value().take(1, 100 * kib).value().begin != begin);
  release(begin + unit);
}

TEST_CASE("The same distance from the module every time, and nothing is left") {
  const Library library;
  Pointer first = 0;
  for (int i = 0; i < 3; ++i) {
    auto space = AddressSpace::reserve(library.begin, library.begin + unit);
    REQUIRE(space.ok());
    if (i > 0)
      CHECK(space.value().slot(0) == first);
    first = space.value().slot(0);
  }
  CHECK(state_of(first) == MEM_FREE);
  CHECK(state_of(first + slot_table_bytes + mib) == MEM_FREE);
}

TEST_CASE("A reserve that is full says so") {
  const Library library;
  auto space = AddressSpace::reserve(library.begin, library.begin + unit);
  REQUIRE(space.ok());
  std::uint32_t number = 0;
  auto hole = space.value().take(++number, 64 * mib);
  while (hole)
    hole = space.value().take(++number, 64 * mib);
  CHECK(number > 2);
  CHECK_FALSE(hole.failure().fix.empty());
}
