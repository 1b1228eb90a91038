#include "analysis/unit_origins.h"

namespace hrwatch::analysis {

std::vector<UnitKey> unit_origins(const OpenDwarf& library,
                                  const std::vector<std::filesystem::path>& objects,
                                  UnitCache& cache) {
  const std::vector<std::uint64_t> sizes = sizes_of_units(library.handle());
  std::vector<UnitKey> unknown(sizes.size());
  const std::int64_t linked_ns = library.written_ns();
  std::vector<UnitKey> keys;
  for (const auto& object : objects) {
    const ObjectContent content = cache.content(object);
    if (content.hash == 0 || content.written_ns > linked_ns)
      return unknown;
    for (std::uint32_t i = 0; i < content.unit_sizes.size(); ++i) {
      if (keys.size() == sizes.size() || sizes[keys.size()] != content.unit_sizes[i])
        return unknown;
      keys.push_back({content.hash, i});
    }
  }
  keys.resize(sizes.size());  // units of static libraries: not looked into
  return keys;
}

}  // namespace hrwatch::analysis
