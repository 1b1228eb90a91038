#include "analysis/problems.h"

#include <algorithm>
#include <string>

#include "analysis/folded_functions.h"

namespace hrwatch::analysis {
namespace {

using hr::wire::Failure;

// Tags that elf.h of older C libraries lacks (ELF gABI, "Dynamic Section").
constexpr std::int64_t dt_relr = 36;
constexpr std::uint32_t sht_relr = 19;

bool has_relocation(const ElfImage& image, std::uint32_t type) {
  return std::any_of(image.relocations().begin(), image.relocations().end(),
                     [type](const Relocation& relocation) { return relocation.type == type; });
}

bool own_initial_exec(const ElfImage& image) {
  return std::any_of(image.relocations().begin(), image.relocations().end(),
                     [&image](const Relocation& relocation) {
                       return relocation.type == R_X86_64_TPOFF64 &&
                              (relocation.symbol == 0 ||
                               image.dynamic_symbols()[relocation.symbol].st_shndx != SHN_UNDEF);
                     });
}

bool has_relr(const ElfImage& image) {
  return image.dynamic_entry(dt_relr) ||
         std::any_of(image.sections().begin(), image.sections().end(),
                     [](const Section& section) { return section.type == sht_relr; });
}

// Link-time optimisation leaves its marks in file symbols and in the names of promoted locals.
bool link_time_optimised(const Symbols& symbols) {
  const auto mark = [](std::string_view file) {
    return file == "<artificial>" || file == "ld-temp.o" || file.starts_with("ltrans");
  };
  const auto promoted = [](const Symbol& symbol) {
    return symbol.name.find(".lto_priv") != std::string_view::npos ||
           symbol.name.find(".llvm.") != std::string_view::npos;
  };
  return std::any_of(symbols.files.begin(), symbols.files.end(), mark) ||
         std::any_of(symbols.functions.begin(), symbols.functions.end(), promoted) ||
         std::any_of(symbols.variables.begin(), symbols.variables.end(), promoted);
}

// g++ -Os does not align functions. A few that are not aligned (attribute cold) are no reason yet.
bool mostly_misplaced(const Entries& entries) {
  return entries.misplaced > entries.usable / 4 + 1;
}

void check_code(const std::filesystem::path& library, const ElfImage& image, const Symbols& symbols,
                const Entries& entries, std::vector<Failure>& problems) {
  if (image.symbols().empty())
    problems.push_back({"the module is stripped", "without .symtab its variables have no names",
                        "link it without -s, and don't run strip on it"});
  else if (!has_relr(image) && entries.usable == 0)  // packed relocations hide the list
    problems.push_back({"the module's functions have no patchable entries",
                        "a call of an old function could not be led to its new code",
                        "declare the module with add_hot_module(), or compile all of it with "
                        "-fpatchable-function-entry=8,6 -falign-functions=16"});
  else if (mostly_misplaced(entries))
    problems.push_back(
        {"the module's functions are not aligned",
         "an entry that is not can't be replaced in one store; g++ leaves it so with -Os",
         "compile the module with -O2, -Og or -O0 in place of -Os"});
  if (link_time_optimised(symbols))
    problems.push_back({"the module was optimised at link time",
                        "functions and variables are merged and renamed across its sources",
                        "set INTERPROCEDURAL_OPTIMIZATION OFF for it and remove -flto"});
  if (const std::string folded = folded_functions(library, symbols); !folded.empty())
    problems.push_back({"the linker folded functions with equal code (" + folded + ")",
                        "one entry can't lead to two new functions",
                        "link the module without --icf=all or --icf=safe (-Wl,--icf=none)"});
}

void check_relocations(const ElfImage& image, std::vector<Failure>& problems) {
  if (has_relr(image))
    problems.push_back({"the module has packed relative relocations (RELR)",
                        "its pointers to variables can't be found in them",
                        "link it with -Wl,-z,nopack-relative-relocs (lld: "
                        "-Wl,--pack-dyn-relocs=none)"});
  if (own_initial_exec(image) || (image.dynamic_entry(DT_FLAGS).value_or(0) & DF_STATIC_TLS) != 0)
    problems.push_back({"the module's thread-local variables use the initial-exec model",
                        "their place can't be shared between two builds of the module",
                        "compile it with -ftls-model=global-dynamic and without tls_model "
                        "attributes"});
  if (has_relocation(image, R_X86_64_TLSDESC))
    problems.push_back({"the module's thread-local variables use TLS descriptors",
                        "their place can't be shared between two builds of the module",
                        "compile it without -mtls-dialect=gnu2 (-mtls-dialect=gnu)"});
  if (image.dynamic_entry(DT_TEXTREL) ||
      (image.dynamic_entry(DT_FLAGS).value_or(0) & DF_TEXTREL) != 0)
    problems.push_back({"the module's code is relocated when it is loaded (DT_TEXTREL)",
                        "an object in it is not position independent",
                        "compile all of it with -fPIC (POSITION_INDEPENDENT_CODE ON)"});
}

}  // namespace

std::vector<Failure> find_problems(const std::filesystem::path& library, const ElfImage& image,
                                   const Symbols& symbols, const Entries& entries) {
  std::vector<Failure> problems;
  if (image.build_id().empty())
    problems.push_back({"the module has no build-id", "one build can't be told from another",
                        "link it with -Wl,--build-id"});
  check_code(library, image, symbols, entries, problems);
  check_relocations(image, problems);
  return problems;
}

}  // namespace hrwatch::analysis
