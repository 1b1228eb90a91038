#include "analysis/elf_symbols.h"

#include <algorithm>
#include <array>
#include <string>

#include "analysis/symbol_names.h"

namespace hrwatch::analysis {
namespace {

Binding binding_of(const Elf64_Sym& symbol) {
  switch (ELF64_ST_BIND(symbol.st_info)) {
    case STB_LOCAL:
      return Binding::local;
    case STB_WEAK:
      return Binding::weak;
    case STB_GNU_UNIQUE:
      return Binding::unique;
    default:
      return Binding::global;
  }
}

bool in_relro(Address where, const ElfImage& image) {
  for (const Elf64_Phdr& segment : image.segments())
    if (segment.p_type == PT_GNU_RELRO && where - segment.p_vaddr < segment.p_memsz)
      return true;
  return false;
}

bool defined(const Elf64_Sym& symbol) {
  return symbol.st_shndx != SHN_UNDEF && symbol.st_shndx < SHN_LORESERVE;
}

// Finds the .dynsym entry of a .symtab symbol: same value, same name.
class DynamicSymbols {
 public:
  explicit DynamicSymbols(const ElfImage& image) : image_(image) {
    const auto symbols = image.dynamic_symbols();
    got_.resize(symbols.size());
    for (std::uint32_t i = 1; i < symbols.size(); ++i)
      if (defined(symbols[i]))
        by_value_.emplace_back(symbols[i].st_value, i);
    std::sort(by_value_.begin(), by_value_.end());
    find_got_words();
  }

  // `list` by address.
  void complete(std::vector<Symbol>& list) const {
    auto at = by_value_.begin();
    for (Symbol& symbol : list) {
      while (at != by_value_.end() && at->first < symbol.address)
        ++at;
      if (symbol.binding != Binding::local)
        complete(symbol, at);
    }
  }

 private:
  using ByValue = std::vector<std::pair<Address, std::uint32_t>>;  // value and number

  // `at`: the first of this address.
  void complete(Symbol& symbol, ByValue::const_iterator at) const {
    for (; at != by_value_.end() && at->first == symbol.address; ++at) {
      const Elf64_Sym& entry = image_.dynamic_symbols()[at->second];
      if (!image_.has_dynamic_name(entry, symbol.name))
        continue;
      const auto visibility = ELF64_ST_VISIBILITY(entry.st_other);
      symbol.exported = visibility == STV_DEFAULT || visibility == STV_PROTECTED;
      symbol.got = got_[at->second];
      return;
    }
  }

  void find_got_words() {
    for (const Relocation& relocation : image_.relocations()) {
      const bool slot = relocation.type == R_X86_64_GLOB_DAT;
      // A pointer in RELRO holds the canonical address as well, and keeps it.
      const bool pointer = relocation.type == R_X86_64_64 && relocation.addend == 0 &&
                           !got_[relocation.symbol] && in_relro(relocation.at, image_);
      if (relocation.symbol != 0 && (slot || pointer))
        got_[relocation.symbol] = relocation.at;
    }
  }

  const ElfImage& image_;
  ByValue by_value_;
  std::vector<Address> got_;
};

bool is_internal_variable(std::string_view name) {
  constexpr std::array prefixes = {
      std::string_view("__unnamed_"),  std::string_view("___asan"),
      std::string_view("__asan"),      std::string_view("__odr_"),
      std::string_view("__sancov_"),   std::string_view("DW.ref."),
      std::string_view("__tsan"),      std::string_view("__gcov"),
      std::string_view("__llvm_prf"),  std::string_view("__prof"),
      std::string_view("__llvm_gcov"), std::string_view("__llvm_internal_gcov")};
  for (std::string_view prefix : prefixes)
    if (name.starts_with(prefix))
      return true;
  return name == "__dso_handle" || name == "completed.0" || name == "__TMC_END__" ||
         name == "_DYNAMIC" || name == "_GLOBAL_OFFSET_TABLE_";
}

bool before(const Symbol& a, const Symbol& b) {
  if (a.address != b.address)
    return a.address < b.address;
  if ((a.binding == Binding::local) != (b.binding == Binding::local))
    return b.binding == Binding::local;
  return a.name < b.name;
}

// Small keys first: moving whole symbols about costs more than everything else here.
void sort(std::vector<Symbol>& list) {
  std::vector<std::pair<Address, std::uint32_t>> order;
  order.reserve(list.size());
  for (const Symbol& symbol : list)
    order.emplace_back(symbol.address, static_cast<std::uint32_t>(order.size()));
  std::sort(order.begin(), order.end());
  std::vector<Symbol> sorted;
  sorted.reserve(list.size());
  for (const auto& [address, index] : order)
    sorted.push_back(list[index]);
  for (std::size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
    while (end < sorted.size() && sorted[end].address == sorted[begin].address)
      ++end;
    if (end - begin > 1)
      std::sort(sorted.begin() + static_cast<std::ptrdiff_t>(begin),
                sorted.begin() + static_cast<std::ptrdiff_t>(end), before);
  }
  list = std::move(sorted);
}

std::vector<Symbol>* list_for(Symbols& symbols, unsigned type, SectionUse use,
                              const Symbol& symbol) {
  if (type == STT_FUNC || type == STT_GNU_IFUNC)
    return use == SectionUse::code ? &symbols.functions : nullptr;
  if (type == STT_TLS)
    return use == SectionUse::thread_locals ? &symbols.thread_locals : nullptr;
  if (type != STT_OBJECT || symbol.size == 0)
    return nullptr;
  if (use == SectionUse::variables)
    return is_internal_variable(symbol.name) ? &symbols.internals : &symbols.variables;
  return use == SectionUse::constants ? &symbols.constants : nullptr;
}

}  // namespace

SectionUse use_of(const Section& section, const ElfImage& image) {
  constexpr std::array tables = {std::string_view(".got"),
                                 std::string_view(".dynamic"),
                                 std::string_view(".init_array"),
                                 std::string_view(".fini_array"),
                                 std::string_view(".preinit_array"),
                                 std::string_view(".ctors"),
                                 std::string_view(".dtors"),
                                 std::string_view(".tm_clone_table"),
                                 std::string_view("__patchable_function_entries"),
                                 std::string_view("asan_globals"),
                                 std::string_view("__sancov_")};
  if (!section.loaded())
    return SectionUse::other;
  if (section.flags & SHF_TLS)
    return SectionUse::thread_locals;
  if (section.flags & SHF_EXECINSTR)  // mold gives every linkage stub a symbol
    return section.name.starts_with(".plt") ? SectionUse::other : SectionUse::code;
  for (std::string_view table : tables)
    if (section.name.starts_with(table))
      return SectionUse::other;
  if (!(section.flags & SHF_WRITE) || section.name.starts_with(".data.rel.ro") ||
      section.name.starts_with(".bss.rel.ro") || in_relro(section.address, image))
    return SectionUse::constants;
  return SectionUse::variables;
}

Symbols read_symbols(const ElfImage& image) {
  Symbols symbols;
  symbols.files.emplace_back();
  std::vector<SectionUse> uses;
  for (const Section& section : image.sections())
    uses.push_back(use_of(section, image));
  for (const Elf64_Sym& entry : image.symbols()) {
    const unsigned type = ELF64_ST_TYPE(entry.st_info);
    if (type == STT_FILE)
      symbols.files.push_back(image.name(entry));
    if (!defined(entry) || entry.st_shndx >= uses.size() || type == STT_FILE ||
        type == STT_SECTION || type == STT_NOTYPE)
      continue;
    Symbol symbol;
    symbol.name = image.name(entry);
    symbol.name = symbol.name.substr(0, symbol.name.find('@'));
    symbol.address = entry.st_value;
    symbol.size = entry.st_size;
    symbol.binding = binding_of(entry);
    symbol.ifunc = type == STT_GNU_IFUNC;
    symbol.zero = image.sections()[entry.st_shndx].type == SHT_NOBITS;
    if (std::vector<Symbol>* list = list_for(symbols, type, uses[entry.st_shndx], symbol)) {
      if (symbol.binding == Binding::local)
        symbol.file = static_cast<std::uint32_t>(symbols.files.size() - 1);
      symbol.clone = list == &symbols.functions && is_clone(symbol.name);
      list->push_back(symbol);
    }
  }
  const DynamicSymbols dynamic(image);
  for (auto* list : {&symbols.functions, &symbols.variables, &symbols.constants,
                     &symbols.thread_locals, &symbols.internals}) {
    sort(*list);
    dynamic.complete(*list);
  }
  return symbols;
}

}  // namespace hrwatch::analysis
