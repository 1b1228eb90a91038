// What a function returns, by its readable prototype.
#pragma once

#include <cstdint>
#include <string_view>

#include "analysis/content_hash.h"

namespace hrwatch::analysis {

// Of "int (Enemy *, float)" that of "int": mangled names carry the parameters but not this (Itanium
// C++ ABI 5.1.5), and a caller that expects another one must not be forwarded.
inline std::uint64_t hash_of_return_type(std::string_view prototype) {
  const std::size_t parameters = prototype.find(" (");
  return hash_of(prototype.substr(0, parameters == std::string_view::npos ? 0 : parameters));
}

}  // namespace hrwatch::analysis
