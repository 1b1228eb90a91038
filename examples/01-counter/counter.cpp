#include "counter.h"

#include <cstdio>
#include <vector>

static int steps = 0;             // a static,
static std::vector<int> history;  // and something on the heap: both are kept

void step() {
  steps += 1;
  history.push_back(steps);
  std::printf("step %d, %zu kept: hello\n", steps, history.size());  // change this line and save
  std::fflush(stdout);
}
