// A hot module: edit and save while the program runs.
#include "@MODULE@.h"

#include <cstdio>

void @MODULE@_step() {
  static int steps = 0;
  std::printf("step %d: hello\n", ++steps);  // change this line and save
  std::fflush(stdout);
}
