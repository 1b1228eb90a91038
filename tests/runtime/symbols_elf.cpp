#include <elf.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "support/catch.h"
#include "symbols.h"

namespace hr::test {
namespace {

class Elf {
 public:
  explicit Elf(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    REQUIRE(bytes_.size() > sizeof(Elf64_Ehdr));
    const auto header = at<Elf64_Ehdr>(0);
    for (unsigned i = 0; i < header.e_shnum; ++i)
      sections_.push_back(at<Elf64_Shdr>(header.e_shoff + i * sizeof(Elf64_Shdr)));
  }

  const std::vector<Elf64_Shdr>& sections() const { return sections_; }

  template <class T>
  T at(std::uint64_t offset) const {
    REQUIRE(offset + sizeof(T) <= bytes_.size());
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return value;
  }

  template <class T>
  std::vector<T> table(const Elf64_Shdr& section) const {
    std::vector<T> result;
    for (std::uint64_t i = 0; i < section.sh_size / sizeof(T); ++i)
      result.push_back(at<T>(section.sh_offset + i * sizeof(T)));
    return result;
  }

  std::string name(const Elf64_Shdr& strings, std::uint32_t offset) const {
    return bytes_.data() + strings.sh_offset + offset;
  }

 private:
  std::vector<char> bytes_;
  std::vector<Elf64_Shdr> sections_;
};

}  // namespace

Symbols read_symbols(const std::string& path) {
  const Elf elf(path);
  Symbols symbols;
  for (const Elf64_Shdr& section : elf.sections()) {
    if (section.sh_type != SHT_SYMTAB)
      continue;
    for (const auto& symbol : elf.table<Elf64_Sym>(section)) {
      if (symbol.st_shndx != SHN_UNDEF)
        symbols.address[elf.name(elf.sections()[section.sh_link], symbol.st_name)] =
            symbol.st_value;
    }
  }
  for (const Elf64_Shdr& section : elf.sections()) {
    if (section.sh_type != SHT_RELA || (section.sh_flags & SHF_ALLOC) == 0)
      continue;
    const Elf64_Shdr& dynamic = elf.sections()[section.sh_link];
    const auto names = elf.table<Elf64_Sym>(dynamic);
    for (const auto& relocation : elf.table<Elf64_Rela>(section)) {
      const auto type = ELF64_R_TYPE(relocation.r_info);
      if (type == R_X86_64_GLOB_DAT)
        symbols.pointer_to[elf.name(elf.sections()[dynamic.sh_link],
                                    names[ELF64_R_SYM(relocation.r_info)].st_name)] =
            relocation.r_offset;
      if (type == R_X86_64_DTPMOD64)
        symbols.tls_module = relocation.r_offset;
    }
  }
  return symbols;
}

}  // namespace hr::test
