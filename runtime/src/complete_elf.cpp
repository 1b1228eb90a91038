#include "src/complete_elf.h"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace hr::runtime {
namespace {

// More headers than any real library has: the numbers are garbage, or not written yet.
constexpr std::uint64_t sane_headers = 1U << 20;

ElfCheck half(std::string why) {
  return {ElfVerdict::half_written, std::move(why)};
}

ElfCheck foreign(std::string why) {
  return {ElfVerdict::foreign, std::move(why)};
}

template <class Bytes>
bool all_zero(const Bytes& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](auto byte) { return byte == 0; });
}

// True when [offset, offset + size) lies in a file of `file_size` bytes.
bool within(std::uint64_t offset, std::uint64_t size, std::uint64_t file_size) {
  return offset <= file_size && size <= file_size - offset;
}

std::string cut_short(std::uint64_t file_size, std::uint64_t wanted) {
  return "it is half written: " + std::to_string(file_size) + " bytes, and it speaks of " +
         std::to_string(wanted);
}

ElfCheck check_header(const Elf64_Ehdr& header) {
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != EM_X86_64)
    return header.e_machine == EM_NONE ? half("its header is not written yet")
                                       : foreign("it was built for another kind of processor");
  if (header.e_type == ET_REL)
    return foreign("it is an object file, not a shared library");
  if (header.e_type == ET_EXEC)
    return foreign("it is a program, not a shared library");
  if (header.e_type != ET_DYN)
    return foreign("it is not a shared library");
  if (header.e_phnum == 0 || header.e_phoff == 0)
    return half("its header is not written yet");
  if (header.e_phentsize != sizeof(Elf64_Phdr) ||
      (header.e_shoff != 0 && header.e_shentsize != sizeof(Elf64_Shdr)))
    return foreign("its headers have another size than those of x86-64");
  return {};
}

// The dynamic section leads to everything the dynamic linker needs.
ElfCheck check_dynamic(const Elf64_Phdr& segment, const ReadBytes& read) {
  if (segment.p_filesz > sane_headers)
    return foreign("its dynamic section is larger than any real one");
  std::vector<Elf64_Dyn> entries(segment.p_filesz / sizeof(Elf64_Dyn));
  if (entries.empty() ||
      !read(entries.data(), entries.size() * sizeof(Elf64_Dyn), segment.p_offset))
    return half("its dynamic section can't be read");
  bool ended = false;
  bool strings = false;
  bool symbols = false;
  for (const Elf64_Dyn& entry : entries) {
    ended = entry.d_tag == DT_NULL;
    if (ended)
      break;
    strings = strings || entry.d_tag == DT_STRTAB;
    symbols = symbols || entry.d_tag == DT_SYMTAB;
  }
  return ended && strings && symbols ? ElfCheck{} : half("its dynamic section is not written yet");
}

ElfCheck check_segments(const Elf64_Ehdr& header, std::uint64_t file_size, const ReadBytes& read) {
  const std::uint64_t size = std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr);
  if (!within(header.e_phoff, size, file_size))
    return half(cut_short(file_size, header.e_phoff + size));
  std::vector<Elf64_Phdr> segments(header.e_phnum);
  if (!read(segments.data(), size, header.e_phoff))
    return half("its program headers can't be read");
  const Elf64_Phdr* dynamic = nullptr;
  bool mapped = false;
  bool blank = false;
  for (const Elf64_Phdr& segment : segments) {
    blank = blank || segment.p_type == PT_NULL;
    if (segment.p_type == PT_LOAD || segment.p_type == PT_DYNAMIC) {
      if (!within(segment.p_offset, segment.p_filesz, file_size))
        return half(cut_short(file_size, segment.p_offset + segment.p_filesz));
    }
    mapped = mapped || segment.p_type == PT_LOAD;
    if (segment.p_type == PT_DYNAMIC)
      dynamic = &segment;
  }
  if (!mapped || (dynamic == nullptr && blank))
    return half("its program headers are not written yet");
  if (dynamic == nullptr)
    return foreign("it has no dynamic section: it is not a shared library");
  return check_dynamic(*dynamic, read);
}

ElfCheck check_section(const Elf64_Shdr& section, std::uint64_t file_size, const ReadBytes& read) {
  if (section.sh_type == SHT_NULL || section.sh_type == SHT_NOBITS)
    return {};
  if (!within(section.sh_offset, section.sh_size, file_size))
    return half(cut_short(file_size, section.sh_offset + section.sh_size));
  std::array<unsigned char, 16> first = {};
  if (section.sh_type != SHT_PROGBITS || (section.sh_flags & SHF_EXECINSTR) == 0 ||
      section.sh_size < first.size())
    return {};
  if (!read(first.data(), first.size(), section.sh_offset))
    return half("its code can't be read");
  return all_zero(first) ? half("its code is not written yet") : ElfCheck{};
}

ElfCheck check_names(const Elf64_Shdr& names, const ReadBytes& read) {
  std::array<unsigned char, 2> edges = {0, 1};
  if (names.sh_type != SHT_STRTAB || names.sh_size < 2 || !read(&edges[0], 1, names.sh_offset) ||
      !read(&edges[1], 1, names.sh_offset + 1) || edges[0] != 0 || edges[1] == 0)
    return half("the names of its sections are not written yet");
  return {};
}

ElfCheck check_sections(const Elf64_Ehdr& header, std::uint64_t file_size, const ReadBytes& read) {
  if (header.e_shoff == 0)
    return {};  // taken away by a tool; the segments have told enough
  Elf64_Shdr first;
  if (!within(header.e_shoff, sizeof(first), file_size))
    return half(cut_short(file_size, header.e_shoff + sizeof(first)));
  if (!read(&first, sizeof(first), header.e_shoff))
    return half("its section headers can't be read");
  // More sections than the header can count: the first one has the numbers.
  const std::uint64_t count = header.e_shnum != 0 ? header.e_shnum : first.sh_size;
  const std::uint64_t names = header.e_shstrndx != SHN_XINDEX ? header.e_shstrndx : first.sh_link;
  if (count > sane_headers)
    return foreign("it has more sections than any real library");
  if (!within(header.e_shoff, count * sizeof(Elf64_Shdr), file_size))
    return half(cut_short(file_size, header.e_shoff + count * sizeof(Elf64_Shdr)));
  std::vector<Elf64_Shdr> sections(count);
  if (count == 0 || !read(sections.data(), count * sizeof(Elf64_Shdr), header.e_shoff))
    return half("its section headers can't be read");
  for (const Elf64_Shdr& section : sections) {
    if (ElfCheck check = check_section(section, file_size, read);
        check.verdict != ElfVerdict::complete)
      return check;
  }
  if (names == SHN_UNDEF)
    return {};
  if (names >= count)
    return half("its section headers are not written yet");
  return check_names(sections[names], read);
}

}  // namespace

ElfCheck check_elf(std::uint64_t file_size, const ReadBytes& read) {
  std::array<unsigned char, SELFMAG> magic = {};
  const std::size_t there =
      static_cast<std::size_t>(std::min<std::uint64_t>(file_size, magic.size()));
  if (there == 0)
    return half("it is empty");
  if (!read(magic.data(), there, 0))
    return half("it can't be read");
  if (std::memcmp(magic.data(), ELFMAG, there) != 0)
    return all_zero(magic) ? half("its header is not written yet")
                           : foreign("it is not an ELF file");
  Elf64_Ehdr header;
  if (file_size < sizeof(header) || !read(&header, sizeof(header), 0))
    return half(cut_short(file_size, sizeof(header)));
  if (ElfCheck check = check_header(header); check.verdict != ElfVerdict::complete)
    return check;
  if (ElfCheck check = check_segments(header, file_size, read);
      check.verdict != ElfVerdict::complete)
    return check;
  return check_sections(header, file_size, read);
}

}  // namespace hr::runtime
