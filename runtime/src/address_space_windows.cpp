// A reservation can only be released as a whole, and an image is only mapped where nothing is
// reserved: every place is a reservation of its own.
#include <windows.h>

#include <algorithm>
#include <utility>

#include "src/address_space.h"
#include "src/memory_map.h"

namespace hr::runtime {
namespace {

constexpr std::uint64_t unit = 0x10000;  // of reservations and of images

// The last 64 KB below the kernel's half are nobody's.
constexpr Pointer user_end = (Pointer{1} << 47) - unit;

constexpr Pointer unit_end(Pointer address) {
  return (address + unit - 1) & ~(unit - 1);
}

void* as_pointer(Pointer address) {
  return reinterpret_cast<void*>(address);
}

bool reserve_at(Pointer begin, std::uint64_t size) {
  return VirtualAlloc(as_pointer(begin), size, MEM_RESERVE, PAGE_NOACCESS) != nullptr;
}

// What begins at `begin` was reserved in one piece.
void release(Pointer begin) {
  VirtualFree(as_pointer(begin), 0, MEM_RELEASE);
}

std::size_t places_for(std::uint64_t size, std::uint64_t place_size) {
  return static_cast<std::size_t>((size + place_size - 1) / place_size);
}

// The table of slots and `count` places behind it, one by one; all or nothing.
bool reserve_pieces(Pointer slots, std::uint64_t place_size, std::size_t count) {
  if (VirtualAlloc(as_pointer(slots), slot_table_bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) ==
      nullptr)
    return false;
  const Pointer places = slots + slot_table_bytes;
  for (std::size_t i = 0; i < count; ++i) {
    if (reserve_at(places + i * place_size, place_size))
      continue;
    while (i-- > 0)
      release(places + i * place_size);
    release(slots);
    return false;
  }
  return true;
}

// Where the table and the places lie from now on; 0 where nothing is free.
Pointer reserve_near(Pointer begin, Pointer end, std::uint64_t place_size, std::size_t count) {
  const std::uint64_t size = slot_table_bytes + count * place_size;
  for (const Pointer at : addresses_near(begin, end, size, unit, user_end)) {
    if (!reserve_at(at, size))
      continue;
    release(at);
    if (reserve_pieces(at, place_size, count))
      return at;
  }
  return 0;
}

}  // namespace

wire::Result<AddressSpace> AddressSpace::reserve(Pointer begin, Pointer end) {
  const std::uint64_t span = end - begin;
  AddressSpace space;
  space.place_size_ = place_size_for(span);
  for (std::uint64_t size = reserve_size_for(span); size >= space.place_size_; size /= 2) {
    const auto count = static_cast<std::size_t>(size / space.place_size_);
    const Pointer got = reserve_near(begin, end, space.place_size_, count);
    if (got == 0)
      continue;
    space.slots_ = got;
    space.begin_ = got + slot_table_bytes;
    space.end_ = space.begin_ + count * space.place_size_;
    space.places_ = Places(count);
    return space;
  }
  return wire::Failure{"no address space left near the module",
                       "new code must lie within 2 GB of the old, and that is all in use",
                       "restart the program; start hot modules before reserving large memory"};
}

wire::Result<AddressSpace::Hole> AddressSpace::take(std::uint32_t number, std::uint64_t size) {
  Hole hole;
  hole.places = places_for(size, place_size_);
  const std::optional<std::size_t> place = places_.take(number, hole.places);
  if (!place)
    return wire::Failure{"address space near the module is used up",
                         "every generation stays mapped, and this one finds no place any more",
                         "restart the program"};
  hole.place = *place;
  hole.begin = begin_ + *place * place_size_;
  hole.end = hole.begin + page_end(size);
  return hole;
}

void AddressSpace::open(const Hole& hole) {
  for (std::size_t i = 0; i < hole.places; ++i)
    release(hole.begin + i * place_size_);
}

// Behind the image the rest of its last place is reserved again, then whole places.
void AddressSpace::close_around(Hole& hole, Pointer begin, Pointer end) {
  const Pointer all_end = hole.begin + hole.places * place_size_;
  const bool inside = begin < end && begin < all_end && end > hole.begin;
  const Pointer used_end = inside ? std::min(unit_end(end), all_end) : hole.begin;
  const std::size_t used = places_for(used_end - hole.begin, place_size_);
  cover(hole, used_end, hole.begin + used * place_size_);
  for (std::size_t i = used; i < hole.places; ++i)
    cover(hole, hole.begin + i * place_size_, hole.begin + (i + 1) * place_size_);
  if (used > 0 && used < hole.places && !hole.shared) {
    places_.give_back(hole.place + used, hole.places - used);
    hole.places = used;
    hole.end = hole.begin + used * place_size_;
  }
}

// Each place the image was in becomes one reservation again.
void AddressSpace::give_back(Hole& hole, Pointer begin, Pointer end) {
  const Pointer all_end = hole.begin + hole.places * place_size_;
  if (begin < end && begin < all_end && end > hole.begin) {
    const Pointer used_end = std::min(unit_end(end), all_end);
    const std::size_t used = places_for(used_end - hole.begin, place_size_);
    if (used_end < hole.begin + used * place_size_ && !hole.shared)
      release(used_end);
    for (std::size_t i = 0; i < used; ++i)
      cover(hole, hole.begin + i * place_size_, hole.begin + (i + 1) * place_size_);
  }
  if (!hole.shared)
    places_.give_back(hole.place, hole.places);
}

// What another thread has allocated meanwhile stays theirs: the place is not used again.
void AddressSpace::cover(Hole& hole, Pointer begin, Pointer end) {
  if (begin < end && !reserve_at(begin, end - begin))
    hole.shared = true;
}

AddressSpace::AddressSpace(AddressSpace&& other) noexcept {
  *this = std::move(other);
}

AddressSpace& AddressSpace::operator=(AddressSpace&& other) noexcept {
  std::swap(slots_, other.slots_);
  std::swap(begin_, other.begin_);
  std::swap(end_, other.end_);
  std::swap(place_size_, other.place_size_);
  std::swap(places_, other.places_);
  std::swap(plugs_, other.plugs_);
  std::swap(keep_slots_, other.keep_slots_);
  return *this;
}

AddressSpace::~AddressSpace() {
  if (slots_ == 0)
    return;
  if (!keep_slots_)
    release(slots_);
  for (std::size_t i = 0; i < places_.count(); ++i) {
    if (!places_.taken(i))
      release(begin_ + i * place_size_);
  }
}

}  // namespace hr::runtime
