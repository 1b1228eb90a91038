#include "analysis/body_memory.h"

#include "analysis/content_hash.h"

namespace hrwatch::analysis {

std::uint64_t BodyMemory::get(std::uint64_t origin, std::string_view name,
                              const std::function<std::uint64_t()>& make) {
  if (origin == 0)
    return make();
  const std::uint64_t function = combine(origin, hash_of(name));
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(function); known != known_.end())
      return known->second;
  }
  const std::uint64_t hash = make();
  const std::lock_guard lock(mutex_);
  return known_.emplace(function, hash).first->second;
}

}  // namespace hrwatch::analysis
