#include "threads.h"

static thread_local int static_in_thread = 50;
thread_local int exported_in_thread = 60;
static std::atomic<int> deaths = 0;

namespace {

struct Guarded {
  Guarded() : value(70) {}

  ~Guarded() { ++deaths; }

  int value;
};

thread_local Guarded guarded;

}  // namespace

int next_in_thread() {
  return ++static_in_thread + 1000 * ++exported_in_thread;
}

int local_in_thread() {
  thread_local int local = 80;
  return ++local;
}

int guarded_in_thread() {
  return ++guarded.value;
}

int destroyed_in_threads() {
  return deaths;
}

__attribute__((noinline)) static void step(std::atomic<int>& seen) {
  seen = VERSION;
}

void old_loop(const std::atomic<bool>& stop, std::atomic<int>& seen) {
  while (!stop)
    step(seen);
}
