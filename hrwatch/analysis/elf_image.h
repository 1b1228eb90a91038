// A shared library's file as bounds-checked views: sections, segments, symbols, relocations (ELF
// gABI, x86-64 psABI 4.4). Knows nothing of reloading and never reads outside the file, whatever it
// says.
#pragma once

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/description.h"
#include "wire/result.h"

namespace hrwatch::analysis {

struct Section {
  std::string_view name;
  std::uint32_t type = 0;   // SHT_*
  std::uint64_t flags = 0;  // SHF_*
  Address address = 0;
  std::uint64_t size = 0;
  std::uint32_t link = 0;
  std::span<const std::byte> bytes;  // empty for .bss

  bool loaded() const { return (flags & SHF_ALLOC) != 0; }

  bool contains(Address where) const { return where - address < size; }
};

// A dynamic relocation (Elf64_Rela) with its symbol index taken out of r_info.
struct Relocation {
  Address at = 0;
  std::int64_t addend = 0;
  std::uint32_t type = 0;    // R_X86_64_*
  std::uint32_t symbol = 0;  // index into dynamic_symbols()
};

class ElfImage {
 public:
  struct File;  // the open file; for elf_image.cpp alone

  // Errors: Failure for a missing, half-written, or foreign file. Thread: any. The views below live
  // as long as the image; reading them from several threads is fine.
  static hr::wire::Result<ElfImage> open(const std::filesystem::path& library);
  ~ElfImage();
  ElfImage(ElfImage&&) noexcept;
  ElfImage& operator=(ElfImage&&) noexcept;

  const std::string& build_id() const { return build_id_; }  // lower-case hex, "" = none

  std::span<const Section> sections() const { return sections_; }

  std::span<const Elf64_Phdr> segments() const { return segments_; }

  std::span<const Elf64_Sym> symbols() const { return symbols_; }

  std::span<const Elf64_Sym> dynamic_symbols() const { return dynamic_symbols_; }

  // Loaded relocations, by address.
  std::span<const Relocation> relocations() const { return relocations_; }

  // "" for an offset outside the string table.
  std::string_view name(const Elf64_Sym& symbol) const;          // of symbols()
  std::string_view dynamic_name(const Elf64_Sym& symbol) const;  // of dynamic_symbols()
  bool has_dynamic_name(const Elf64_Sym& symbol, std::string_view name) const;

  // The loaded section that holds `where` (TLS sections excepted: their addresses overlap others).
  const Section* section_at(Address where) const;
  const Section* find_section(std::string_view name) const;
  // The file's bytes for [where, where + size); empty where the file holds none (.bss, unmapped).
  std::span<const std::byte> bytes_at(Address where, std::uint64_t size) const;
  // The NUL-terminated string at `where`, cut at `limit`; "" when there is none.
  std::string_view string_at(Address where, std::size_t limit) const;
  // A little-endian word of the file; nothing outside it.
  std::optional<std::uint64_t> word_at(Address where) const;
  // The value of a dynamic entry (DT_*).
  std::optional<std::uint64_t> dynamic_entry(std::int64_t tag) const;

 private:
  ElfImage() = default;

  std::unique_ptr<File> file_;
  std::string build_id_;
  std::vector<Section> sections_;
  std::vector<std::uint32_t> by_address_;  // loaded, non-TLS sections
  std::vector<Elf64_Phdr> segments_;
  std::span<const Elf64_Sym> symbols_, dynamic_symbols_;
  std::string_view strings_, dynamic_strings_;
  std::vector<Relocation> relocations_;
  std::span<const Elf64_Dyn> dynamic_;

  std::optional<hr::wire::Failure> read(const std::filesystem::path& library);
  std::optional<hr::wire::Failure> read_sections(const std::string& library);
  void read_segments();
  void read_tables();
};

}  // namespace hrwatch::analysis
