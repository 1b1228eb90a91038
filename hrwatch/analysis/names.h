// What addresses mean: a symbol and the distance from its start, or a literal's content. The same
// source gives the same answer in every build. Knows no debug info.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "analysis/elf_image.h"
#include "analysis/symbols.h"

namespace hrwatch::analysis {

// A symbol's name (without the number of a C static) or the content of a string literal.
struct Named {
  std::string_view name;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  // of a variable: pointers to it change meaning with it
  const Symbol* function = nullptr;
  const Symbol* variable = nullptr;
};

class Names {
 public:
  Names(const ElfImage& image, const Symbols& symbols) : image_(image), symbols_(symbols) {}

  Named at(Address target) const;
  Named of(const Relocation& relocation) const;
  // What the word at `where` is relocated to; nothing when it is not.
  std::optional<Named> in_word(Address where) const;
  // The function that a stub of the procedure linkage table jumps to (psABI 5.2, "Procedure Linkage
  // Table"); nothing when there is no stub.
  std::optional<Named> through_stub(Address stub) const;

  std::span<const Relocation> relocations_in(Address begin, std::uint64_t size) const;

 private:
  std::string_view content(const Symbol& constant) const;

  const ElfImage& image_;
  const Symbols& symbols_;
};

}  // namespace hrwatch::analysis
