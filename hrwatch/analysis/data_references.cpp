#include "analysis/data_references.h"

#include <algorithm>
#include <optional>

#include "analysis/elf_symbols.h"
#include "analysis/symbol_names.h"

namespace hrwatch::analysis {
namespace {

bool registers_with_asan(const ElfImage& image) {
  return std::any_of(image.dynamic_symbols().begin(), image.dynamic_symbols().end(),
                     [&](const Elf64_Sym& symbol) {
                       return image.dynamic_name(symbol).starts_with("__asan_register_");
                     });
}

class Finder {
 public:
  Finder(const ElfImage& image, const Symbols& symbols)
      : image_(image), symbols_(symbols), asan_(registers_with_asan(image)) {}

  void add(const Relocation& relocation, DataReferences& found) const {
    if (relocation.type == R_X86_64_DTPMOD64) {
      if (relocation.symbol == 0 || defined_here(relocation))
        found.tls_modules.push_back(relocation.at);
      return;
    }
    const std::optional<DataReference> reference = refer(relocation);
    if (reference && wanted_at(*reference))
      found.references.push_back(*reference);
  }

 private:
  bool defined_here(const Relocation& relocation) const {
    return image_.dynamic_symbols()[relocation.symbol].st_shndx != SHN_UNDEF;
  }

  std::optional<DataReference> refer(const Relocation& relocation) const {
    const auto addend = static_cast<std::uint64_t>(relocation.addend);
    if (relocation.type == R_X86_64_RELATIVE)
      return DataReference{relocation.at, addend, DataReferenceKind::relative};
    const bool word = relocation.type == R_X86_64_64;
    if ((!word && relocation.type != R_X86_64_GLOB_DAT) || relocation.symbol == 0 ||
        !defined_here(relocation))
      return std::nullopt;
    const Address value = image_.dynamic_symbols()[relocation.symbol].st_value;
    return DataReference{relocation.at, value + (word ? addend : 0),
                         word ? DataReferenceKind::absolute : DataReferenceKind::got};
  }

  bool wanted_at(const DataReference& reference) const {
    const bool variable = covering(symbols_.variables, reference.target) ||
                          ending_at(symbols_.variables, reference.target);
    if (!variable) {
      const Symbol* function = starting_at(symbols_.functions, reference.target);
      const Symbol* constant = starting_at(symbols_.constants, reference.target);
      if (function ? function->clone || in_virtual_table(reference.at)
                   : !constant || !is_type_identity(constant->name))
        return false;
    }
    return !in_table(reference.at);
  }

  // Virtual tables and construction tables (Itanium C++ ABI 2.5, 2.6).
  bool in_virtual_table(Address at) const {
    const Symbol* table = covering(symbols_.constants, at);
    return table && (table->name.starts_with("_ZTV") || table->name.starts_with("_ZTC"));
  }

  bool in_table(Address at) const {
    const Section* section = image_.section_at(at);
    if (!section)
      return true;
    const SectionUse use = use_of(*section, image_);
    if (use == SectionUse::other)
      return !section->name.starts_with(".got");
    if (use != SectionUse::variables)
      return false;
    if (const Symbol* internal = covering(symbols_.internals, at))
      return !internal->name.starts_with("DW.ref.");
    // g++ leaves its table of globals without a symbol.
    return asan_ && !covering(symbols_.variables, at);
  }

  const ElfImage& image_;
  const Symbols& symbols_;
  const bool asan_;
};

}  // namespace

DataReferences find_data_references(const ElfImage& image, const Symbols& symbols) {
  DataReferences found;
  const Finder finder(image, symbols);
  for (const Relocation& relocation : image.relocations())
    if (relocation.type != R_X86_64_JUMP_SLOT)
      finder.add(relocation, found);
  return found;
}

}  // namespace hrwatch::analysis
