#include <elf.h>
#include <link.h>

#include <algorithm>

#include "src/build_id.h"
#include "src/loaded_image.h"
#include "src/module_file.h"

namespace hr::runtime {
namespace {

struct Search {
  Pointer inside = 0;
  std::optional<LoadedImage> found;
};

bool maps(const dl_phdr_info& info, Pointer address) {
  for (ElfW(Half) i = 0; i < info.dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info.dlpi_phdr[i];
    const Pointer begin = info.dlpi_addr + header.p_vaddr;
    if (header.p_type == PT_LOAD && address >= begin && address < begin + header.p_memsz)
      return true;
  }
  return false;
}

LoadedImage describe(const dl_phdr_info& info, std::size_t known_size) {
  LoadedImage image;
  image.bias = info.dlpi_addr;
  image.begin = UINTPTR_MAX;
  image.path = absolute_path(info.dlpi_name != nullptr ? info.dlpi_name : "");
  if (known_size > offsetof(dl_phdr_info, dlpi_tls_modid) && info.dlpi_tls_modid != 0)
    image.tls_module = info.dlpi_tls_modid;
  for (ElfW(Half) i = 0; i < info.dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info.dlpi_phdr[i];
    const Pointer begin = info.dlpi_addr + header.p_vaddr;
    if (header.p_type == PT_LOAD) {
      image.begin = std::min(image.begin, begin);
      image.end = std::max(image.end, begin + header.p_memsz);
      image.segments.push_back({begin, begin + header.p_memsz, (header.p_flags & PF_W) != 0,
                                (header.p_flags & PF_X) != 0});
    } else if (header.p_type == PT_DYNAMIC) {
      image.dynamic = begin;
    } else if (header.p_type == PT_NOTE && image.build_id.empty()) {
      image.build_id = build_id_in_notes(
          {reinterpret_cast<const std::byte*>(begin), static_cast<std::size_t>(header.p_memsz)});
    }
  }
  return image;
}

int visit(dl_phdr_info* info, std::size_t known_size, void* data) {
  Search& search = *static_cast<Search*>(data);
  if (!maps(*info, search.inside))
    return 0;
  search.found = describe(*info, known_size);
  return 1;
}

}  // namespace

const std::size_t tls_word_bytes = sizeof(std::uint64_t);

std::optional<LoadedImage> find_image(const void* inside) {
  Search search;
  search.inside = reinterpret_cast<Pointer>(inside);
  ::dl_iterate_phdr(visit, &search);
  return search.found;
}

}  // namespace hr::runtime
