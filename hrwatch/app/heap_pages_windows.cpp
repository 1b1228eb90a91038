#include "app/heap_pages.h"

namespace hrwatch::app {

// Large pages want a privilege that users don't have.
void keep_heap_in_large_pages() {}

}  // namespace hrwatch::app
