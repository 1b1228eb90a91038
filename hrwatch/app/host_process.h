// What the operating system tells of a program that hosts modules: its mapped files, and where its
// threads are. Knows no module.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wire/result.h"

namespace hrwatch::app {

struct MappedFile {
  std::string path;         // as it was when it was mapped; without " (deleted)"
  std::uint64_t begin = 0;  // the lowest and the highest address of all its mappings
  std::uint64_t end = 0;
};

// In the order of addresses; empty when there is no such process.
std::vector<MappedFile> mapped_files(int pid);

// Where the executable that runs can be read, also after its file was built anew. As long as the
// process lives.
std::string running_executable(int pid);

// The same path, as the system compares them.
bool same_file_name(const std::string& one, const std::string& other);

// What comes with the system knows no function of a module.
bool comes_with_system(const std::string& path);

// As debuggers show it; "" = it has none.
std::string thread_name(int pid, int thread);

// Where one thread is: the code addresses of its frames, the innermost first.
struct ThreadStack {
  int thread = 0;
  std::vector<std::uint64_t> frames;
};

// The stacks of all threads. On Linux this runs the executable once more (`hrwatch frames PID`),
// since looking needs a process of its own.
// Errors: the threads may not be looked at. Thread: any but the loop's. Cost: milliseconds, in
// which the program stands still.
hr::wire::Result<std::vector<ThreadStack>> thread_stacks(int pid);

// The same without the threads: addresses in the code of all frames.
hr::wire::Result<std::vector<std::uint64_t>> thread_frames(int pid);

// What that other process does: prints the threads and the addresses, one a line, or the failure.
// Exit code.
int print_thread_frames(int pid);

}  // namespace hrwatch::app
