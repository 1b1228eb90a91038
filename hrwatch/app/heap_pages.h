// The pages that the heap lies in. Knows no use of it.
#pragma once

namespace hrwatch::app {

// From now on the heap is one for all threads, in large pages where the system has them, and what
// was freed is kept for the next build: fresh pages are what a verdict on a large module costs.
// At most a gigabyte of addresses, memory only as it is used. To be called once; where it fails
// nothing is lost. Cost: 10 us.
void keep_heap_in_large_pages();

}  // namespace hrwatch::app
