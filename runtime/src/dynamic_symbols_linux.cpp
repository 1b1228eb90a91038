#include <elf.h>
#include <link.h>

#include <algorithm>

#include "src/dynamic_symbols.h"

namespace hr::runtime {
namespace {

struct Sections {
  const Elf64_Sym* symbols = nullptr;
  const char* names = nullptr;
  const std::uint32_t* hash = nullptr;      // DT_HASH
  const std::uint32_t* gnu_hash = nullptr;  // DT_GNU_HASH
  std::uint64_t flags = 0;
};

template <class T>
const T* at(const LoadedImage& image, std::uint64_t value) {
  // glibc adds the bias to these words of the mapped section itself.
  return reinterpret_cast<const T*>(value < image.begin ? image.bias + value : value);
}

Sections read_sections(const LoadedImage& image) {
  Sections sections;
  if (image.dynamic == 0)
    return sections;
  for (const auto* entry = reinterpret_cast<const Elf64_Dyn*>(image.dynamic);
       entry->d_tag != DT_NULL; ++entry) {
    switch (entry->d_tag) {
      case DT_SYMTAB:
        sections.symbols = at<Elf64_Sym>(image, entry->d_un.d_ptr);
        break;
      case DT_STRTAB:
        sections.names = at<char>(image, entry->d_un.d_ptr);
        break;
      case DT_HASH:
        sections.hash = at<std::uint32_t>(image, entry->d_un.d_ptr);
        break;
      case DT_GNU_HASH:
        sections.gnu_hash = at<std::uint32_t>(image, entry->d_un.d_ptr);
        break;
      case DT_FLAGS_1:
        sections.flags = entry->d_un.d_val;
        break;
      default:
        break;
    }
  }
  return sections;
}

// The symbol table has no length of its own: the end of the last chain is where it ends.
std::uint32_t count_of(const Sections& sections) {
  if (sections.hash != nullptr)
    return sections.hash[1];
  if (sections.gnu_hash == nullptr)
    return 0;
  const std::uint32_t bucket_count = sections.gnu_hash[0];
  const std::uint32_t first = sections.gnu_hash[1];
  const std::uint32_t bloom_words = sections.gnu_hash[2];
  const std::uint32_t* buckets = sections.gnu_hash + 4 + 2 * std::uint64_t{bloom_words};
  const std::uint32_t* chains = buckets + bucket_count;
  std::uint32_t last = 0;
  for (std::uint32_t i = 0; i < bucket_count; ++i)
    last = std::max(last, buckets[i]);
  if (last < first)
    return first;
  while ((chains[last - first] & 1U) == 0)
    ++last;
  return last + 1;
}

}  // namespace

void each_dynamic_symbol(const LoadedImage& image,
                         const std::function<bool(const DynamicSymbol&)>& visit) {
  const Sections sections = read_sections(image);
  if (sections.symbols == nullptr || sections.names == nullptr)
    return;
  const std::uint32_t count = count_of(sections);
  for (std::uint32_t i = 1; i < count; ++i) {
    const Elf64_Sym& raw = sections.symbols[i];
    DynamicSymbol symbol;
    symbol.name = sections.names + raw.st_name;
    symbol.defined = raw.st_shndx != SHN_UNDEF;
    symbol.address = symbol.defined ? image.bias + raw.st_value : 0;
    symbol.size = raw.st_size;
    symbol.type = ELF64_ST_TYPE(raw.st_info);
    symbol.binding = ELF64_ST_BIND(raw.st_info);
    if (!visit(symbol))
      return;
  }
}

std::uint64_t dynamic_flags(const LoadedImage& image) {
  return read_sections(image).flags;
}

}  // namespace hr::runtime
