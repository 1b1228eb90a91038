// Initial images of variables and constants, and bodies of functions, as hashes that stay equal
// between builds as long as the source does: relocations count by what they name. Knows no type.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/coff_symbols.h"
#include "analysis/linked_image.h"

namespace hrwatch::analysis {

class CoffImages {
 public:
  CoffImages(const LinkedImage& image, const CoffSymbols& symbols)
      : image_(image), symbols_(symbols) {}

  // 0 = all bytes zero. `with_sizes`: changes with the size of variables it points to, too.
  std::uint64_t hash(const CoffSymbols::Origin& origin, std::uint64_t size,
                     bool with_sizes = false) const;
  // Of code: never 0. `masked`: names that stand for those of functions, by address.
  std::uint64_t body(const CoffSymbols::Origin& origin, std::uint64_t size,
                     const std::unordered_map<Address, std::string>& masked) const;

  // What each word of a virtual table names; "" for a plain number.
  std::vector<std::string> slots(const CoffSymbols::Origin& origin, std::uint64_t size) const;

 private:
  struct Extent {
    const LinkedUnit* unit = nullptr;
    const CoffSection* section = nullptr;
    std::uint64_t begin = 0, end = 0;  // in the section
  };

  Extent extent(const CoffSymbols::Origin& origin, std::uint64_t size) const;
  std::uint64_t add_relocations(const Extent& extent, bool with_sizes,
                                const std::unordered_map<Address, std::string>* masked) const;
  std::string meaning(const Extent& extent, const CoffRelocation& relocation,
                      const std::unordered_map<Address, std::string>* masked) const;

  const LinkedImage& image_;
  const CoffSymbols& symbols_;
};

}  // namespace hrwatch::analysis
