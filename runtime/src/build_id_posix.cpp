#include <elf.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "src/build_id.h"
#include "src/memory_map.h"

namespace hr::runtime {
namespace {

bool read_at(int descriptor, void* into, std::size_t size, std::uint64_t offset) {
  if (offset > static_cast<std::uint64_t>(INT64_MAX) - size)
    return false;
  return ::pread(descriptor, into, size, static_cast<off_t>(offset)) == static_cast<ssize_t>(size);
}

wire::Failure not_a_library(const char* why) {
  return {"the published library can't be read as one", why, "build again"};
}

// Larger than any note or dynamic section of a real library.
constexpr std::uint64_t sane_size = std::uint64_t{1} << 20;

wire::Result<wire::Done> read_segment(int descriptor, const Elf64_Phdr& header,
                                      LibraryFacts& facts) {
  if (header.p_filesz > sane_size)
    return not_a_library("a header of it is larger than any real one");
  std::vector<std::byte> bytes(header.p_filesz);
  if (!read_at(descriptor, bytes.data(), bytes.size(), header.p_offset))
    return not_a_library("it is cut short");
  if (header.p_type == PT_NOTE) {
    if (facts.build_id.empty())
      facts.build_id = build_id_in_notes(bytes);
    return wire::Done{};
  }
  for (std::size_t at = 0; at + sizeof(Elf64_Dyn) <= bytes.size(); at += sizeof(Elf64_Dyn)) {
    Elf64_Dyn entry;
    std::memcpy(&entry, bytes.data() + at, sizeof(entry));
    if (entry.d_tag == DT_NULL)
      break;
    if (entry.d_tag == DT_INIT_ARRAYSZ || entry.d_tag == DT_PREINIT_ARRAYSZ)
      facts.initialiser_bytes += entry.d_un.d_val;
  }
  return wire::Done{};
}

}  // namespace

std::string build_id_in_notes(std::span<const std::byte> notes) {
  const auto padded = [](std::uint64_t size) {
    return (size + 3) & ~std::uint64_t{3};
  };
  while (notes.size() >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr note;
    std::memcpy(&note, notes.data(), sizeof(note));
    const std::uint64_t name_at = sizeof(note);
    const std::uint64_t value_at = name_at + padded(note.n_namesz);
    const std::uint64_t next = value_at + padded(note.n_descsz);
    if (value_at + note.n_descsz > notes.size())
      return {};
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
        std::memcmp(notes.data() + name_at, "GNU", 4) == 0) {
      std::string hex;
      for (std::byte byte : notes.subspan(value_at, note.n_descsz)) {
        hex += "0123456789abcdef"[std::to_integer<unsigned>(byte) >> 4];
        hex += "0123456789abcdef"[std::to_integer<unsigned>(byte) & 15];
      }
      return hex;
    }
    notes = notes.subspan(std::min<std::uint64_t>(next, notes.size()));
  }
  return {};
}

wire::Result<LibraryFacts> read_library_facts(int descriptor) {
  Elf64_Ehdr header;
  if (!read_at(descriptor, &header, sizeof(header), 0))
    return not_a_library("it is cut short");
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_machine != EM_X86_64 || header.e_type != ET_DYN ||
      header.e_phentsize != sizeof(Elf64_Phdr))
    return not_a_library("it is not a shared library for x86-64");
  std::vector<Elf64_Phdr> headers(header.e_phnum);
  if (!read_at(descriptor, headers.data(), headers.size() * sizeof(Elf64_Phdr), header.e_phoff))
    return not_a_library("it is cut short");
  LibraryFacts facts;
  std::uint64_t lowest = UINT64_MAX;
  std::uint64_t highest = 0;
  for (const Elf64_Phdr& segment : headers) {
    if (segment.p_type == PT_LOAD) {
      if (segment.p_memsz > UINT32_MAX || segment.p_vaddr > UINT32_MAX)
        return not_a_library("a segment of it is larger than 4 GB");
      lowest = std::min(lowest, static_cast<std::uint64_t>(page_begin(segment.p_vaddr)));
      highest = std::max(highest,
                         static_cast<std::uint64_t>(page_end(segment.p_vaddr + segment.p_memsz)));
      facts.alignment = std::max(facts.alignment, segment.p_align);
    } else if (segment.p_type == PT_NOTE || segment.p_type == PT_DYNAMIC) {
      if (auto done = read_segment(descriptor, segment, facts); !done)
        return done.failure();
    }
  }
  if (highest == 0)
    return not_a_library("nothing of it would be loaded");
  facts.memory_size = highest - lowest;
  return facts;
}

}  // namespace hr::runtime
