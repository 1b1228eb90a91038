// The hashes of function bodies that were made before. Knows not how they are made.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace hrwatch::analysis {

// Body hashes by the object file's content and the function's name. Thread safe.
class BodyMemory {
 public:
  // What `make` said before of this function, else says now; `origin` 0 is not remembered.
  std::uint64_t get(std::uint64_t origin, std::string_view name,
                    const std::function<std::uint64_t()>& make);

 private:
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, std::uint64_t> known_;
};

}  // namespace hrwatch::analysis
