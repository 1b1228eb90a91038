#include "publish/elf_edit.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace hrwatch::publish {
namespace {

using hr::wire::Done;
using hr::wire::Failure;
using hr::wire::Result;

Failure unfit(std::string why) {
  return {"the built library can't be made into a generation", std::move(why),
          "build it again: run ninja in the build folder"};
}

// The bytes of an ELF image. Every access is checked against its end: the file may be anything.
class Image {
 public:
  explicit Image(std::span<std::byte> bytes) : bytes_(bytes) {}

  bool holds(std::uint64_t offset, std::uint64_t size) const {
    return offset <= bytes_.size() && size <= bytes_.size() - offset;
  }

  template <class T>
  std::optional<T> read(std::uint64_t offset) const {
    if (!holds(offset, sizeof(T))) {
      return std::nullopt;
    }
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return value;
  }

  // Notes only what really changes: the rest need not be written back.
  template <class T>
  void write(std::uint64_t offset, const T& value) {
    if (holds(offset, sizeof(T)) && std::memcmp(bytes_.data() + offset, &value, sizeof(T)) != 0) {
      std::memcpy(bytes_.data() + offset, &value, sizeof(T));
      edits_.push_back({offset, sizeof(T)});
    }
  }

  std::vector<Edit> take_edits() { return std::move(edits_); }

  std::span<const std::byte> bytes(std::uint64_t offset, std::uint64_t size) const {
    return holds(offset, size) ? bytes_.subspan(offset, size) : std::span<std::byte>();
  }

 private:
  std::span<std::byte> bytes_;
  std::vector<Edit> edits_;
};

// The program headers (ELF gABI, chapter 5), or nothing when this is no whole x86-64 library.
std::optional<std::vector<Elf64_Phdr>> program_headers(const Image& image) {
  const auto header = image.read<Elf64_Ehdr>(0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
      header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
      header->e_type != ET_DYN || header->e_machine != EM_X86_64 ||
      header->e_phentsize != sizeof(Elf64_Phdr)) {
    return std::nullopt;
  }
  std::vector<Elf64_Phdr> headers;
  for (std::uint64_t i = 0; i < header->e_phnum; ++i) {
    const std::uint64_t step = i * sizeof(Elf64_Phdr);
    const auto entry = header->e_phoff <= UINT64_MAX - step
                           ? image.read<Elf64_Phdr>(header->e_phoff + step)
                           : std::nullopt;
    if (!entry || !image.holds(entry->p_offset, entry->p_filesz)) {
      return std::nullopt;
    }
    headers.push_back(*entry);
  }
  return headers;
}

// NT_GNU_BUILD_ID among the notes of one segment, in lower-case hex; "" if it is not there.
std::string build_id_in(const Image& image, const Elf64_Phdr& segment) {
  const std::uint64_t end = segment.p_offset + segment.p_filesz;
  std::uint64_t at = segment.p_offset;
  while (at < end && end - at >= sizeof(Elf64_Nhdr)) {
    const auto note = image.read<Elf64_Nhdr>(at);
    const std::uint64_t name_size = (std::uint64_t{note->n_namesz} + 3) & ~std::uint64_t{3};
    const std::uint64_t text_size = (std::uint64_t{note->n_descsz} + 3) & ~std::uint64_t{3};
    at += sizeof(Elf64_Nhdr);
    if (name_size + text_size > end - at) {
      break;
    }
    const auto name = image.bytes(at, note->n_namesz);
    const auto text = image.bytes(at + name_size, note->n_descsz);
    if (note->n_type == NT_GNU_BUILD_ID && name.size() == sizeof ELF_NOTE_GNU &&
        std::memcmp(name.data(), ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0) {
      std::string hex;
      for (const std::byte byte : text) {
        hex += "0123456789abcdef"[std::to_integer<unsigned>(byte) >> 4];
        hex += "0123456789abcdef"[std::to_integer<unsigned>(byte) & 15];
      }
      return hex;
    }
    at += name_size + text_size;
  }
  return "";
}

// DT_INIT and DT_FINI have no size to zero, and the dynamic linker calls whatever they point to. It
// ignores tags of the operating system's range that it does not know (gABI, figure 5-9); this is
// one.
constexpr Elf64_Sxword ignored_tag = 0x6000d000;

// Edits the dynamic section. Finalisers are taken out like initialisers: a generation's
// DT_FINI_ARRAY holds the functions marked as destructors, which generation 0 already runs once,
// and
// __do_global_dtors_aux, which has nothing left to do at exit: destructors that new initialisers
// registered by __cxa_atexit after the start of the program are run by exit() itself.
Result<Done> edit_dynamic(Image& image, const Elf64_Phdr& segment) {
  bool symbolic = false;
  std::optional<std::uint64_t> room;  // an entry that can become DT_SYMBOLIC
  for (std::uint64_t at = 0; segment.p_filesz - at >= sizeof(Elf64_Dyn); at += sizeof(Elf64_Dyn)) {
    const std::uint64_t offset = segment.p_offset + at;
    Elf64_Dyn entry = *image.read<Elf64_Dyn>(offset);
    switch (entry.d_tag) {
      case DT_INIT_ARRAYSZ:
      case DT_FINI_ARRAYSZ:
        entry.d_un.d_val = 0;
        break;
      case DT_INIT:
      case DT_FINI:
        entry.d_tag = ignored_tag;
        room = offset;
        break;
      case DT_FLAGS:
        entry.d_un.d_val |= DF_SYMBOLIC;
        symbolic = true;
        break;
      case DT_SYMBOLIC:
        symbolic = true;
        break;
      case DT_RELACOUNT:  // a hint: without it the linker looks at each relocation's type
        room = room ? room : offset;
        break;
      case DT_NULL: {
        const auto next = segment.p_filesz - at >= 2 * sizeof(Elf64_Dyn)
                              ? image.read<Elf64_Dyn>(offset + sizeof(Elf64_Dyn))
                              : std::nullopt;
        // Only where another DT_NULL still ends the list.
        room = next && next->d_tag == DT_NULL ? offset : room;
        if (symbolic) {
          return Done();
        }
        if (!room) {
          return unfit("its dynamic section has no room for DT_SYMBOLIC");
        }
        image.write(*room, Elf64_Dyn{DT_SYMBOLIC, {0}});
        return Done();
      }
      default:
        break;
    }
    image.write(offset, entry);
  }
  return unfit("its dynamic section has no end");
}

Result<Done> edit_symbols(Image& image) {
  const auto header = image.read<Elf64_Ehdr>(0);
  for (std::uint64_t i = 0; i < header->e_shnum; ++i) {
    const std::uint64_t step = i * sizeof(Elf64_Shdr);
    const auto section = header->e_shoff <= UINT64_MAX - step
                             ? image.read<Elf64_Shdr>(header->e_shoff + step)
                             : std::nullopt;
    if (!section || header->e_shentsize != sizeof(Elf64_Shdr)) {
      return unfit("its section headers are cut off");
    }
    if (section->sh_type != SHT_DYNSYM) {
      continue;
    }
    if (section->sh_entsize != sizeof(Elf64_Sym) ||
        !image.holds(section->sh_offset, section->sh_size)) {
      return unfit("its dynamic symbols are cut off");
    }
    const std::uint64_t end = section->sh_size / sizeof(Elf64_Sym);
    for (std::uint64_t s = 0; s < end; ++s) {
      const std::uint64_t at =
          section->sh_offset + s * sizeof(Elf64_Sym) + offsetof(Elf64_Sym, st_info);
      const unsigned char info = *image.read<unsigned char>(at);
      if (ELF64_ST_BIND(info) == STB_GNU_UNIQUE) {
        image.write<unsigned char>(
            at, static_cast<unsigned char>(ELF64_ST_INFO(STB_GLOBAL, ELF64_ST_TYPE(info))));
      }
    }
    return Done();
  }
  return unfit("it has no dynamic symbols");
}

Result<Done> edit_nops(Image& image, const std::vector<Elf64_Phdr>& segments,
                       const std::vector<std::uint64_t>& nops) {
  constexpr std::uint16_t two_nops = 0x9090;
  constexpr std::uint16_t one_nop = 0x9066;  // 66 90 in memory order
  for (const std::uint64_t address : nops) {
    const auto segment =
        std::find_if(segments.begin(), segments.end(), [address](const Elf64_Phdr& entry) {
          return entry.p_type == PT_LOAD && (entry.p_flags & PF_X) != 0 &&
                 address >= entry.p_vaddr && address - entry.p_vaddr < entry.p_filesz;
        });
    const auto bytes =
        segment == segments.end()
            ? std::nullopt
            : image.read<std::uint16_t>(segment->p_offset + (address - segment->p_vaddr));
    if (!bytes || (*bytes != two_nops && *bytes != one_nop)) {
      return unfit("there is no two-byte NOP at one of its patchable entries");
    }
    image.write(segment->p_offset + (address - segment->p_vaddr), one_nop);
  }
  return Done();
}

}  // namespace

Result<std::vector<Edit>> edit_image(std::span<std::byte> bytes, const std::string& build_id,
                                     const std::vector<std::uint64_t>& nops) {
  Image image(bytes);
  const auto segments = program_headers(image);
  if (!segments) {
    return unfit("it is not a whole x86-64 ELF shared library");
  }
  std::string found;
  std::optional<Elf64_Phdr> dynamic;
  for (const Elf64_Phdr& segment : *segments) {
    if (segment.p_type == PT_NOTE && found.empty()) {
      found = build_id_in(image, segment);
    } else if (segment.p_type == PT_DYNAMIC) {
      dynamic = segment;
    }
  }
  if (found.empty()) {
    return unfit("it has no build-id");
  }
  if (found != build_id) {
    return Failure{"the built library was replaced meanwhile",
                   "it is build " + found + " now; build " + build_id + " was analysed",
                   "nothing to do: the newer build is taken up as soon as it is complete"};
  }
  if (!dynamic) {
    return unfit("it has no dynamic section");
  }
  for (const Result<Done>& edited :
       {edit_dynamic(image, *dynamic), edit_symbols(image), edit_nops(image, *segments, nops)}) {
    if (!edited) {
      return edited.failure();
    }
  }
  return image.take_edits();
}

}  // namespace hrwatch::publish
