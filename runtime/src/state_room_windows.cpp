#include <windows.h>

#include <algorithm>

#include "src/states.h"

namespace hr::runtime {
namespace {

constexpr std::size_t least_room = std::size_t{256} << 10;
constexpr std::size_t page = 4096;

}  // namespace

void* reserve_room(std::size_t size, std::size_t& room) {
  room = std::max(least_room, (4 * size + page - 1) / page * page);
  return VirtualAlloc(nullptr, room, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

}  // namespace hr::runtime
