#include "src/code_map.h"

#include <new>

namespace hr::runtime {
namespace {

constinit std::atomic<CodeRange*> newest_range{nullptr};
// Around all of them: most words of a stack are not even near.
constinit std::atomic<Pointer> lowest{UINTPTR_MAX};
constinit std::atomic<Pointer> highest{0};

}  // namespace

void add_code(const HotCode& owner, std::uint32_t generation, const LoadedImage& image) {
  for (const LoadedSegment& segment : image.segments) {
    if (!segment.executable)
      continue;
    for (Pointer low = lowest.load(); segment.begin < low;)
      if (lowest.compare_exchange_weak(low, segment.begin))
        break;
    for (Pointer high = highest.load(); segment.end > high;)
      if (highest.compare_exchange_weak(high, segment.end))
        break;
    auto* range =
        new (std::nothrow) CodeRange{segment.begin, segment.end, generation, &owner, nullptr, {}};
    if (range == nullptr)
      return;
    CodeRange* next = newest_range.load(std::memory_order_relaxed);
    do {
      range->next = next;
    } while (!newest_range.compare_exchange_weak(next, range, std::memory_order_release));
  }
}

void withdraw_code(const HotCode& owner, std::uint32_t generation) {
  for (CodeRange* range = newest_range.load(); range != nullptr; range = range->next) {
    if (range->owner == &owner && range->generation == generation)
      range->withdrawn.store(true, std::memory_order_release);
  }
}

const CodeRange* find_code(Pointer address) {
  if (address < lowest.load(std::memory_order_relaxed) ||
      address >= highest.load(std::memory_order_relaxed))
    return nullptr;
  const CodeRange* range = newest_range.load(std::memory_order_acquire);
  while (range != nullptr && (address < range->begin || address >= range->end ||
                              range->owner->gone.load(std::memory_order_relaxed)))
    range = range->next;
  return range;
}

}  // namespace hr::runtime
