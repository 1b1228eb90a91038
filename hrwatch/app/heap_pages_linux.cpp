#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <limits>

#include "app/heap_pages.h"

namespace hrwatch::app {

// mallopt(3) of glibc: memory is taken from the system in steps of M_TOP_PAD, and given back when
// more than M_TRIM_THRESHOLD is free at the end. glibc takes large pages by itself only when the
// environment says so (glibc.malloc.hugetlb), which a build would inherit.
void keep_heap_in_large_pages() {
  constexpr int step = 1 << 30, usual_step = 128 << 10, largest_in_heap = 32 << 20;
  constexpr std::uintptr_t large_page = 2 << 20;
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  ::mallopt(M_MMAP_THRESHOLD, largest_in_heap);
  ::mallopt(M_TOP_PAD, step);
  const auto begin = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  void* const more_than_is_left = std::malloc(largest_in_heap / 2);
  const auto end = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  std::free(more_than_is_left);
  if (more_than_is_left == nullptr)  // addresses are counted, and may run out
    ::mallopt(M_TOP_PAD, usual_step);
  const std::uintptr_t first = (begin + large_page - 1) / large_page * large_page;
  if (end > first)
    ::madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
}

}  // namespace hrwatch::app
