#include "stacks/thread_frames.h"

#include <cstdio>

#include "app/host_process.h"

namespace hrwatch::app {

hr::wire::Result<std::vector<std::uint64_t>> thread_frames(int pid) {
  const auto stacks = thread_stacks(pid);
  if (!stacks.ok())
    return stacks.failure();
  std::vector<std::uint64_t> frames;
  for (const ThreadStack& stack : stacks.value())
    frames.insert(frames.end(), stack.frames.begin(), stack.frames.end());
  return frames;
}

int print_thread_frames(int pid) {
  const auto threads = stacks::frames_of_threads(pid);
  if (!threads) {
    std::printf("%s\n", threads.failure().why.c_str());
    return 1;
  }
  std::puts("frames");
  for (const stacks::ThreadFrames& thread : threads.value()) {
    std::printf("thread %d\n", thread.thread);
    for (const std::uint64_t address : thread.frames)
      std::printf("%llx\n", static_cast<unsigned long long>(address));
  }
  return 0;
}

}  // namespace hrwatch::app
