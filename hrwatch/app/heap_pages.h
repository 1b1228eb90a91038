// The pages that the heap lies in. Knows no use of it.
#pragma once

namespace hrwatch::app {

// From now on the heap is one for all threads, in large pages where the system has them, and what
// was freed is kept for the next build: fresh pages are what a verdict on a large module costs.
// Addresses are taken a gigabyte at a time, of which the first has large pages; memory only as it
// is used. To be called once, while there is one thread; where it fails nothing is lost. Cost: some
// system calls.
void keep_heap_in_large_pages();

}  // namespace hrwatch::app
