#include "memory_image.h"

#include <link.h>

#include <utility>

namespace {

// FNV-1a, word by word where it can.
std::uint64_t hash_of(const unsigned char* begin, std::size_t size) {
  std::uint64_t hash = 1469598103934665603U;
  for (std::size_t i = 0; i < size; ++i)
    hash = (hash ^ begin[i]) * 1099511628211U;
  return hash;
}

struct Search {
  std::string name;
  std::vector<MemoryRange> ranges;
};

int add_object(dl_phdr_info* info, std::size_t, void* user) {
  auto& search = *static_cast<Search*>(user);
  const std::string owner = info->dlpi_name;
  if (!owner.empty() && owner.find(search.name) == std::string::npos)
    return 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    if (header.p_type != PT_LOAD || (header.p_flags & (PF_W | PF_X)) == 0)
      continue;
    MemoryRange range;
    range.owner = owner.empty() ? "the program" : owner;
    range.begin = reinterpret_cast<const unsigned char*>(info->dlpi_addr + header.p_vaddr);
    range.size = header.p_memsz;
    range.executable = (header.p_flags & PF_X) != 0;
    range.hash = hash_of(range.begin, range.size);
    search.ranges.push_back(range);
  }
  return 0;
}

}  // namespace

std::vector<MemoryRange> take_image(const std::string& name) {
  Search search{name, {}};
  dl_iterate_phdr(&add_object, &search);
  return std::move(search.ranges);
}

std::vector<std::string> differences(const std::vector<MemoryRange>& before) {
  std::vector<std::string> found;
  for (const MemoryRange& range : before)
    if (hash_of(range.begin, range.size) != range.hash)
      found.push_back((range.executable ? "code of " : "data of ") + range.owner);
  return found;
}
