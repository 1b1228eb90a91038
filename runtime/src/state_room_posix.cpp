#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "src/states.h"

// LeakSanitizer takes what only a mapping of ours points to for lost, unless it is told.
extern "C" __attribute__((weak)) void __lsan_register_root_region(const void* begin,
                                                                  std::size_t size);

namespace hr::runtime {
namespace {

constexpr std::size_t least_room = std::size_t{256} << 10;

}  // namespace

void* reserve_room(std::size_t size, std::size_t& room) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  room = std::max(least_room, (4 * size + page - 1) / page * page);
  // Pages that are never written take no memory.
  void* memory = mmap(nullptr, room, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    return nullptr;
  if (__lsan_register_root_region != nullptr)
    __lsan_register_root_region(memory, room);
  return memory;
}

}  // namespace hr::runtime
