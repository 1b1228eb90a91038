// Thread-local state, and threads that sit in old code while the module is reloaded.
#pragma once

#include <atomic>

int next_in_thread();  // static and exported thread_local, +1 and +1000
extern thread_local int exported_in_thread;
int local_in_thread();    // thread_local of a function
int guarded_in_thread();  // thread_local with a constructor
int destroyed_in_threads();

// Runs until `stop`; calls a static function that stores the version it was compiled with.
void old_loop(const std::atomic<bool>& stop, std::atomic<int>& seen);
