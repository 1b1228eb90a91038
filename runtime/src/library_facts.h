// The few numbers of a library's headers that loading it safely needs. Plain data.
#pragma once

#include <cstdint>
#include <string>

namespace hr::runtime {

struct LibraryFacts {
  std::string build_id;
  std::uint64_t memory_size = 0;        // lowest to highest mapped address, whole pages
  std::uint64_t alignment = 0;          // the largest of its segments
  std::uint64_t initialiser_bytes = 0;  // DT_INIT_ARRAYSZ + DT_PREINIT_ARRAYSZ; ELF only
};

}  // namespace hr::runtime
