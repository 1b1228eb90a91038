// Hashes that identify things across builds: XXH3, combined in order. Knows nothing of what it
// hashes.
#pragma once

#include <xxhash.h>

#include <cstdint>
#include <string_view>

namespace hrwatch::analysis {

inline std::uint64_t hash_of(std::string_view text) {
  return XXH3_64bits(text.data(), text.size());
}

// Order matters: combine(combine(a, b), c) differs from combine(combine(a, c), b).
inline std::uint64_t combine(std::uint64_t seed, std::uint64_t value) {
  const std::uint64_t both[2] = {seed, value};
  return XXH3_64bits(both, sizeof both);
}

}  // namespace hrwatch::analysis
