#include "analysis/allocations.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <unordered_map>

#include "analysis/instructions.h"
#include "analysis/names.h"

namespace hrwatch::analysis {
namespace {

constexpr std::byte call_near{0xe8}, move_to_edi{0xbf};

bool allocates(std::string_view function) {
  constexpr std::array names = {
      std::string_view("malloc"),         std::string_view("calloc"),
      std::string_view("realloc"),        std::string_view("memalign"),
      std::string_view("posix_memalign"), std::string_view("aligned_alloc")};
  // operator new and operator new[], with whatever they take besides (Itanium C++ ABI 5.1.5.3); the
  // one that takes a place makes no memory.
  if (function == "_ZnwmPv" || function == "_ZnamPv")
    return false;
  return function.starts_with("_Znwm") || function.starts_with("_Znam") ||
         std::find(names.begin(), names.end(), function) != names.end();
}

class Search {
 public:
  Search(const ElfImage& image, const Symbols& symbols) : image_(image), names_(image, symbols) {}

  void search(const Symbol& function, std::vector<Allocation>& found) {
    const auto code = image_.bytes_at(function.address, function.size);
    if (!may_allocate(code, function.address))
      return;
    InstructionReader reader(code, function.address);
    std::uint64_t size = 0;  // what the first argument was last set to
    for (Instruction instruction; reader.next(instruction);) {
      const std::size_t at = instruction.address - function.address;
      if (code[at] == move_to_edi && instruction.length == 5) {
        std::uint32_t immediate;
        std::memcpy(&immediate, &code[at + 1], sizeof immediate);
        size = immediate;
      } else if (instruction.refers && is_allocator(instruction.target)) {
        found.push_back({function.address, size});
        size = 0;
      } else if (code[at] == call_near) {
        size = 0;
      }
    }
  }

 private:
  const ElfImage& image_;
  Names names_;
  std::unordered_map<Address, bool> known_;  // by what is called: a stub, or a word of the GOT

  bool is_allocator(Address target) {
    const auto [known, added] = known_.try_emplace(target, false);
    if (added) {
      auto named = names_.through_stub(target);
      if (!named)
        named = names_.in_word(target);
      known->second = named && allocates(named->name);
    }
    return known->second;
  }

  // The cheap test comes first: most functions don't.
  bool may_allocate(std::span<const std::byte> code, Address address) {
    for (std::size_t i = 0; i + 5 <= code.size(); ++i) {
      // A call by distance, or the last bytes of one through memory (FF 15 and the distance).
      if (code[i] != call_near && code[i] != std::byte{0x15})
        continue;
      std::int32_t distance;
      std::memcpy(&distance, &code[i + 1], sizeof distance);
      if (is_allocator(address + i + 5 + static_cast<std::uint64_t>(std::int64_t{distance})))
        return true;
    }
    return false;
  }
};

}  // namespace

std::vector<Allocation> find_allocations(const ElfImage& image, const Symbols& symbols) {
  std::vector<Allocation> found;
  Search search(image, symbols);
  Address done = 0;
  for (const Symbol& function : symbols.functions) {
    if (function.address < done || function.size == 0)
      continue;  // an alias of one that was searched
    done = function.address + function.size;
    search.search(function, found);
  }
  return found;
}

}  // namespace hrwatch::analysis
