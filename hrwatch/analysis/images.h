// Initial images of variables and constants as hashes that stay equal between builds as long as the
// source does: pointers count by what they name, not by address. Knows no debug info.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/elf_image.h"
#include "analysis/names.h"
#include "analysis/symbols.h"

namespace hrwatch::analysis {

class Images {
 public:
  Images(const ElfImage& image, const Symbols& symbols);

  // 0 = all bytes zero. Cost: one pass over the object's bytes and relocations.
  std::uint64_t hash(const Symbol& object) const;
  std::uint64_t hash_thread_local(const Symbol& object) const;
  // Changes with the size of variables it points to, too: old copies of a constant are to follow
  // when one moves. Pointers that are variables themselves keep their value.
  std::uint64_t hash_constant(const Symbol& object) const;

  // What each word of a virtual table names; "" for a plain number.
  std::vector<std::string> slots(const Symbol& table) const;

 private:
  std::uint64_t hash(std::span<const std::byte> bytes, Address address, std::uint64_t size,
                     bool with_sizes = false) const;

  const ElfImage& image_;
  const Names names_;
  const Section* tls_image_ = nullptr;
};

}  // namespace hrwatch::analysis
