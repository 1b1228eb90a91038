// The thread that watches the files of opened libraries: it sleeps until the system tells of a
// change. Knows no bindings: a library is told to look.
#pragma once

namespace hr::runtime {

// Makes what the thread sleeps on; false when the system has none left. Once, before the thread.
bool prepare_library_watch();

// The thread: runs until hot reload is switched off.
void watch_libraries();

// Wakes it: the libraries to watch are others now. Thread: any.
void wake_library_watch();

// In the child of a fork(): closes what belongs to the parent's thread. Only calls that are safe
// there.
void leave_library_watch();

}  // namespace hr::runtime
