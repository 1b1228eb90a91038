#include <sys/mman.h>

#include <algorithm>
#include <utility>

#include "src/address_space.h"
#include "src/memory_map.h"

namespace hr::runtime {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t huge_page = 2 * mib;

// The slots, and room for the lead of the first place.
constexpr std::uint64_t before_places = slot_table_bytes + huge_page;

// The last page of every place stays free: for the lead of the next one.
constexpr std::uint64_t lead_page = page_size;

// Where a program's addresses end, less the page that the kernel keeps (x86-64 psABI 3.3.2). To ask
// for more is an error of the caller: ThreadSanitizer ends the program for it.
constexpr Pointer user_end = (Pointer{1} << 47) - 4096;

std::size_t places_for(std::uint64_t size, std::uint64_t place_size) {
  return static_cast<std::size_t>((size + lead_page + place_size - 1) / place_size);
}

void* as_pointer(Pointer address) {
  return reinterpret_cast<void*>(address);
}

// Reserves [wanted, wanted + size) exactly there, or (wanted = 0) anywhere; 0 when that fails.
Pointer map_nothing(Pointer wanted, std::uint64_t size) {
  const int where = wanted != 0 ? MAP_FIXED_NOREPLACE : 0;
  void* got = ::mmap(as_pointer(wanted), size, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | where, -1, 0);
  if (got == MAP_FAILED)
    return 0;
  const auto address = reinterpret_cast<Pointer>(got);
  if (wanted != 0 && address != wanted) {  // a kernel before 4.17 takes the address as a hint
    ::munmap(got, size);
    return 0;
  }
  return address;
}

// Maps `size` bytes at the highest free address. `taken`: where something lies already; as a wish
// it is refused, and keeps Linux from looking for whole 2 MB.
Pointer map_highest(std::uint64_t size, Pointer taken) {
  void* got = ::mmap(as_pointer(taken), size, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return got == MAP_FAILED ? 0 : reinterpret_cast<Pointer>(got);
}

Pointer reserve_near(Pointer begin, Pointer end, std::uint64_t size, std::uint64_t unit) {
  for (const Pointer at : addresses_near(begin, end, size, unit, user_end)) {
    if (const Pointer got = map_nothing(at, size); got != 0)
      return got;
  }
  return 0;
}

}  // namespace

wire::Result<AddressSpace> AddressSpace::reserve(Pointer begin, Pointer end) {
  const std::uint64_t span = end - begin;
  AddressSpace space;
  space.place_size_ = place_size_for(span);
  for (std::uint64_t size = reserve_size_for(span); size >= space.place_size_; size /= 2) {
    const std::uint64_t rounded = size / huge_page * huge_page;
    if (rounded < space.place_size_)
      break;
    const std::uint64_t unit = space.place_size_ < huge_page ? page_size : huge_page;
    const Pointer got = reserve_near(begin, end, before_places + rounded, unit);
    if (got == 0)
      continue;
    if (::mprotect(as_pointer(got), slot_table_bytes, PROT_READ | PROT_WRITE) != 0) {
      ::munmap(as_pointer(got), before_places + rounded);
      break;
    }
    ::madvise(as_pointer(got), slot_table_bytes, MADV_NOHUGEPAGE);
    space.slots_ = got;
    space.begin_ = got + before_places;
    space.end_ = space.begin_ + rounded;
    space.places_ = Places(rounded / space.place_size_);
    return space;
  }
  return wire::Failure{"no address space left near the module",
                       "new code must lie within 2 GB of the old, and that is all in use",
                       "restart the program; start hot modules before mapping large memory"};
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
  // For 2 MB and more Linux (since 6.7) looks for 2 MB more than it maps, and takes the first whole
  // 2 MB *behind* where that begins: behind the page before a place that is the place itself.
  hole.lead = size < huge_page ? 0 : lead_page;
  return hole;
}

void AddressSpace::open(const Hole& hole) {
  const std::uint64_t size = hole.end - hole.begin;
  const Pointer begin = hole.begin - hole.lead;
  // Linux maps top down: whatever free piece lies above the hole would be chosen before it. Large
  // ones are plugged first, so that few plugs do.
  for (std::uint64_t piece = 512 * mib; piece > size; piece /= 2)
    plug_above(begin + size, piece);
  ::munmap(as_pointer(begin), size);
  plug_above(begin + 1, size);
}

void AddressSpace::plug_above(Pointer limit, std::uint64_t size) {
  constexpr std::size_t most_plugs = 4096;  // of the 65,530 mappings that a process may have
  while (plugs_.size() < most_plugs) {
    const Pointer got = map_highest(size, slots_);
    if (got == 0)
      return;
    if (got < limit) {
      ::munmap(as_pointer(got), size);
      return;
    }
    plugs_.push_back({got, size});
  }
}

void AddressSpace::close_around(Hole& hole, Pointer begin, Pointer end) {
  for (const Plug& plug : std::exchange(plugs_, {}))
    ::munmap(as_pointer(plug.begin), plug.size);
  const Pointer open_begin = hole.begin - hole.lead;
  const Pointer open_end = hole.end - hole.lead;
  const Pointer used_begin = std::clamp(page_begin(begin), open_begin, open_end);
  const Pointer used_end = std::clamp(page_end(end), used_begin, open_end);
  cover(hole, open_begin, used_begin);
  cover(hole, used_end, open_end);
  const std::size_t used =
      used_end > hole.begin ? places_for(used_end - hole.begin, place_size_) : 0;
  if (used > 0 && used < hole.places && !hole.shared) {
    places_.give_back(hole.place + used, hole.places - used);
    hole.places = used;
    hole.end = hole.begin + used * place_size_;
  }
}

void AddressSpace::give_back(Hole& hole, Pointer begin, Pointer end) {
  cover(hole, page_begin(begin), page_end(end));
  if (!hole.shared)
    places_.give_back(hole.place, hole.places);
}

// A page that another thread has mapped meanwhile stays theirs: the place is not unmapped again.
void AddressSpace::cover(Hole& hole, Pointer begin, Pointer end) {
  if (begin < end && map_nothing(begin, end - begin) == 0)
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
    ::munmap(as_pointer(slots_), slot_table_bytes);
  if (!places_.taken(0))
    ::munmap(as_pointer(slots_ + slot_table_bytes), begin_ - slots_ - slot_table_bytes);
  for (Pointer place = begin_; place < end_; place += place_size_) {
    if (!places_.taken((place - begin_) / place_size_))
      ::munmap(as_pointer(place), std::min(place_size_, end_ - place));
  }
}

}  // namespace hr::runtime
