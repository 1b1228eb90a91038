#include "analysis/elf_image.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <libelf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "analysis/describe.h"

namespace hrwatch::analysis {
namespace {

using hr::wire::Failure;

Failure unreadable(const std::string& library, std::string why) {
  return {"can't read " + library, std::move(why), "build the module again"};
}

// The section's bytes as libelf checked them against the file size; empty when it has none.
std::span<const std::byte> contents(Elf_Scn* section) {
  const Elf_Data* data = elf_getdata(section, nullptr);
  if (!data || !data->d_buf)
    return {};
  return {static_cast<const std::byte*>(data->d_buf), data->d_size};
}

template <class Entry>
std::span<const Entry> table(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const Entry*>(bytes.data()), bytes.size() / sizeof(Entry)};
}

std::string_view text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string_view string_in(std::string_view strings, std::uint64_t offset) {
  if (offset >= strings.size())
    return {};
  strings.remove_prefix(offset);
  return strings.substr(0, strings.find('\0'));
}

// Lower-case hex; "" = none.
std::string build_id_of(Elf* elf) {
  const void* id = nullptr;
  const ssize_t size = dwelf_elf_gnu_build_id(elf, &id);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (ssize_t i = 0; i < size; ++i) {
    const unsigned byte = static_cast<const unsigned char*>(id)[i];
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

}  // namespace

struct ElfImage::File {
  int descriptor = -1;
  Elf* elf = nullptr;

  ~File() {
    elf_end(elf);
    if (descriptor >= 0)
      ::close(descriptor);
  }
};

ElfImage::~ElfImage() = default;
ElfImage::ElfImage(ElfImage&&) noexcept = default;
ElfImage& ElfImage::operator=(ElfImage&&) noexcept = default;

hr::wire::Result<ElfImage> ElfImage::open(const std::filesystem::path& library) {
  ElfImage image;
  if (auto failure = image.read(library))
    return std::move(*failure);
  return image;
}

hr::wire::Result<std::string> read_build_id(const std::filesystem::path& library) {
  const std::string path = library.string();
  const auto failure = [&path](std::string why) {
    return Failure{"can't read the build-id of " + path, std::move(why),
                   "link the module with -Wl,--build-id (add_hot_module does)"};
  };
  elf_version(EV_CURRENT);
  ElfImage::File file;
  file.descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file.descriptor < 0)
    return failure(std::strerror(errno));
  file.elf = elf_begin(file.descriptor, ELF_C_READ_MMAP, nullptr);
  if (!file.elf || elf_kind(file.elf) != ELF_K_ELF)
    return failure("it is not an ELF file, or not completely written yet");
  std::string id = build_id_of(file.elf);
  if (id.empty())
    return failure("the library has none");
  return id;
}

bool imports(const std::filesystem::path& file, std::string_view name) {
  const auto image = ElfImage::open(file);
  if (!image.ok())
    return false;
  const auto symbols = image.value().dynamic_symbols();
  return std::any_of(symbols.begin(), symbols.end(), [&](const Elf64_Sym& symbol) {
    return symbol.st_shndx == SHN_UNDEF && image.value().has_dynamic_name(symbol, name);
  });
}

std::optional<Failure> ElfImage::read(const std::filesystem::path& library) {
  const std::string path = library.string();
  elf_version(EV_CURRENT);
  file_ = std::make_unique<File>();
  file_->descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_->descriptor < 0)
    return unreadable(path, std::strerror(errno));
  file_->elf = elf_begin(file_->descriptor, ELF_C_READ_MMAP, nullptr);
  if (!file_->elf || elf_kind(file_->elf) != ELF_K_ELF)
    return unreadable(path, "it is not an ELF file, or not completely written yet");
  const Elf64_Ehdr* header = elf64_getehdr(file_->elf);
  if (!header || header->e_machine != EM_X86_64 || header->e_ident[EI_DATA] != ELFDATA2LSB)
    return Failure{path + " is not for x86-64", "hrwatch reads 64-bit x86-64 libraries only",
                   "build the module for x86-64 (no -m32, no -mx32, no cross compiler)"};
  if (header->e_type != ET_DYN)
    return Failure{path + " is not a shared library", "only shared libraries can be reloaded",
                   "declare the module with add_hot_module()"};
  build_id_ = build_id_of(file_->elf);
  read_segments();
  if (auto failure = read_sections(path))
    return failure;
  read_tables();
  return std::nullopt;
}

std::optional<Failure> ElfImage::read_sections(const std::string& library) {
  std::size_t count = 0, names = 0;
  if (elf_getshdrnum(file_->elf, &count) != 0 || elf_getshdrstrndx(file_->elf, &names) != 0 ||
      count == 0)
    return unreadable(library, "its section headers are missing or not written yet");
  sections_.resize(count);
  for (std::size_t i = 1; i < count; ++i) {
    Elf_Scn* scn = elf_getscn(file_->elf, i);
    const Elf64_Shdr* header = scn ? elf64_getshdr(scn) : nullptr;
    if (!header)
      return unreadable(library, "its section headers are damaged or not written yet");
    Section& section = sections_[i];
    section.type = header->sh_type;
    section.flags = header->sh_flags;
    section.address = header->sh_addr;
    section.size = header->sh_size;
    section.link = header->sh_link;
    if (const char* name = elf_strptr(file_->elf, names, header->sh_name))
      section.name = name;
    const bool wanted =
        section.loaded() || section.type == SHT_SYMTAB || section.type == SHT_STRTAB;
    if (!wanted || section.type == SHT_NOBITS || section.size == 0)
      continue;
    section.bytes = contents(scn);
    if (section.bytes.size() != section.size)
      return unreadable(library, "section " + std::string(section.name) +
                                     " reaches beyond the end of the file (half-written?)");
  }
  for (std::uint32_t i = 1; i < count; ++i)
    if (sections_[i].loaded() && !(sections_[i].flags & SHF_TLS) && sections_[i].size)
      by_address_.push_back(i);
  std::sort(by_address_.begin(), by_address_.end(), [this](std::uint32_t a, std::uint32_t b) {
    return sections_[a].address < sections_[b].address;
  });
  return std::nullopt;
}

void ElfImage::read_segments() {
  std::size_t count = 0;
  const Elf64_Phdr* headers = elf64_getphdr(file_->elf);
  if (headers && elf_getphdrnum(file_->elf, &count) == 0)
    segments_.assign(headers, headers + count);
}

void ElfImage::read_tables() {
  const auto strings_of = [this](const Section& section) {
    return section.link < sections_.size() ? text(sections_[section.link].bytes)
                                           : std::string_view();
  };
  for (const Section& section : sections_) {
    if (section.type == SHT_SYMTAB) {
      symbols_ = table<Elf64_Sym>(section.bytes);
      strings_ = strings_of(section);
    } else if (section.type == SHT_DYNSYM) {
      dynamic_symbols_ = table<Elf64_Sym>(section.bytes);
      dynamic_strings_ = strings_of(section);
    } else if (section.type == SHT_DYNAMIC) {
      dynamic_ = table<Elf64_Dyn>(section.bytes);
    } else if (section.type == SHT_RELA && section.loaded()) {
      for (const Elf64_Rela& entry : table<Elf64_Rela>(section.bytes))
        relocations_.push_back({entry.r_offset, entry.r_addend,
                                static_cast<std::uint32_t>(ELF64_R_TYPE(entry.r_info)),
                                static_cast<std::uint32_t>(ELF64_R_SYM(entry.r_info))});
    }
  }
  const auto by_address = [](const Relocation& a, const Relocation& b) {
    return a.at < b.at;
  };
  std::sort(relocations_.begin(), relocations_.end(), by_address);
  for (Relocation& relocation : relocations_)
    if (relocation.symbol >= dynamic_symbols_.size())
      relocation.symbol = 0;
}

std::string_view ElfImage::name(const Elf64_Sym& symbol) const {
  return string_in(strings_, symbol.st_name);
}

std::string_view ElfImage::dynamic_name(const Elf64_Sym& symbol) const {
  return string_in(dynamic_strings_, symbol.st_name);
}

bool ElfImage::has_dynamic_name(const Elf64_Sym& symbol, std::string_view name) const {
  if (symbol.st_name >= dynamic_strings_.size())
    return name.empty();
  const std::string_view rest = dynamic_strings_.substr(symbol.st_name);
  return rest.starts_with(name) && rest.size() > name.size() && rest[name.size()] == '\0';
}

const Section* ElfImage::section_at(Address where) const {
  auto after = std::upper_bound(
      by_address_.begin(), by_address_.end(), where,
      [this](Address address, std::uint32_t index) { return address < sections_[index].address; });
  if (after == by_address_.begin())
    return nullptr;
  const Section& section = sections_[*--after];
  return section.contains(where) ? &section : nullptr;
}

const Section* ElfImage::find_section(std::string_view name) const {
  for (const Section& section : sections_)
    if (section.name == name)
      return &section;
  return nullptr;
}

std::span<const std::byte> ElfImage::bytes_at(Address where, std::uint64_t size) const {
  const Section* section = section_at(where);
  if (!section || section->bytes.empty() || section->size - (where - section->address) < size)
    return {};
  return section->bytes.subspan(where - section->address, size);
}

std::string_view ElfImage::string_at(Address where, std::size_t limit) const {
  const Section* section = section_at(where);
  if (!section || section->bytes.empty())
    return {};
  const std::string_view rest = text(section->bytes.subspan(where - section->address));
  const std::string_view bounded = rest.substr(0, limit);
  return bounded.substr(0, bounded.find('\0'));
}

std::optional<std::uint64_t> ElfImage::word_at(Address where) const {
  const auto bytes = bytes_at(where, sizeof(std::uint64_t));
  if (bytes.empty())
    return std::nullopt;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data(), sizeof word);
  return word;
}

std::optional<std::uint64_t> ElfImage::dynamic_entry(std::int64_t tag) const {
  for (const Elf64_Dyn& entry : dynamic_) {
    if (entry.d_tag == tag)
      return entry.d_un.d_val;
    if (entry.d_tag == DT_NULL)
      break;
  }
  return std::nullopt;
}

}  // namespace hrwatch::analysis
