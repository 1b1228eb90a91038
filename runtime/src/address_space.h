// The address space kept free near a module, so that each later generation lies within the +-2 GB
// that x86-64 code reaches: a table of slots, then places for generations. Knows no library.
//
// Places go by generation number, and the whole lies at the same distance from the module wherever
// that is free: the distance between two generations is then the same in every host.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "src/raw_memory.h"
#include "wire/result.h"

namespace hr::runtime {

inline constexpr std::uint32_t slot_count = std::uint32_t{1} << 20;
inline constexpr std::uint64_t slot_table_bytes = std::uint64_t{slot_count} * 8;
inline constexpr std::int64_t code_reach = std::int64_t{0x7fff0000};  // 2 GB less a margin

// Bytes to reserve for a module that occupies `span` bytes: 512 places, within 256 MB .. 1 GB. More
// would leave nothing near for the program's other modules.
std::uint64_t reserve_size_for(std::uint64_t span);
// Bytes of one place for such a module's generations, with room to grow.
std::uint64_t place_size_for(std::uint64_t span);
// Address space that mapping a file of `memory_size` bytes may take, with the slack that the
// dynamic linker (segment alignment) and the kernel (huge pages from 2 MB on) want.
std::uint64_t hole_size_for(std::uint64_t memory_size, std::uint64_t alignment);

// Where to look for `size` free bytes near the library at [begin, end): the same distances from it
// in the same order in every process, all within `code_reach`. `unit`: what the system aligns such
// a library to; a large one is at a whole unit itself, as a rule. `user_end`: where a program's
// addresses end.
std::vector<Pointer> addresses_near(Pointer begin, Pointer end, std::uint64_t size,
                                    std::uint64_t unit, Pointer user_end);

// Which places are taken: pure bookkeeping.
class Places {
 public:
  explicit Places(std::size_t count = 0) : taken_(count, false) {}

  // `wanted` neighbours for generation `number`, at its own place when free, else the first that
  // are.
  std::optional<std::size_t> take(std::uint32_t number, std::size_t wanted);
  void give_back(std::size_t first, std::size_t wanted);

  std::size_t count() const { return taken_.size(); }

  bool taken(std::size_t place) const { return place < taken_.size() && taken_[place]; }

 private:
  bool free_at(std::size_t first, std::size_t wanted) const;

  std::vector<bool> taken_;
};

class AddressSpace {
 public:
  AddressSpace() = default;
  AddressSpace(AddressSpace&& other) noexcept;
  AddressSpace& operator=(AddressSpace&& other) noexcept;
  // Gives all back that no generation lies in. Slots stay once code may jump through them.
  ~AddressSpace();

  // Reserves near the library at [begin, end); less than wished for when there is no more.
  // Errors: nothing free within reach.
  static wire::Result<AddressSpace> reserve(Pointer begin, Pointer end);

  // Address of the 8-byte word of slot `index`.
  Pointer slot(std::uint32_t index) const { return slots_ + Pointer{index} * 8; }

  // A part of the reserve, for one generation. While it is open it lies `lead` bytes lower, over
  // the end of the place before, which no generation ever uses.
  struct Hole {
    Pointer begin = 0;
    Pointer end = 0;
    std::uint64_t lead = 0;
    std::size_t place = 0;
    std::size_t places = 0;
    bool shared = false;  // someone else has mapped something in it: it is never given back
  };

  // Where generation n goes as long as nothing is in the way: first_place() + (n - 1) %
  // place_count() * place_size().
  Pointer first_place() const { return begin_; }

  std::uint64_t place_size() const { return place_size_; }

  std::size_t place_count() const { return places_.count(); }

  wire::Result<Hole> take(std::uint32_t number, std::uint64_t size);
  // Unmaps the hole, and where the system chooses addresses (Linux) plugs what it would choose
  // before it, so that the next mapping of the hole's size lands there; where libraries are made
  // for one address (Windows), they find it free. `close_around` ends that, covers what [begin,
  // end) leaves free, and gives places back that lie behind it altogether.
  void open(const Hole& hole);
  void close_around(Hole& hole, Pointer begin, Pointer end);
  // Covers what lay at [begin, end) of a closed hole and is unmapped by now (nothing where they are
  // equal), and gives its places back.
  void give_back(Hole& hole, Pointer begin, Pointer end);

  // Whether code at [begin, end) reaches all slots and places, and is reached from them.
  bool reaches(Pointer begin, Pointer end) const;

  // Slots must outlive this object: code of some generation jumps through them.
  void keep_slots() { keep_slots_ = true; }

 private:
  void plug_above(Pointer limit, std::uint64_t size);
  static void cover(Hole& hole, Pointer begin, Pointer end);

  struct Plug {
    Pointer begin = 0;
    std::uint64_t size = 0;
  };

  Pointer slots_ = 0;
  Pointer begin_ = 0;  // of the places
  Pointer end_ = 0;
  std::uint64_t place_size_ = 0;
  Places places_;
  std::vector<Plug> plugs_;
  bool keep_slots_ = false;
};

}  // namespace hr::runtime
