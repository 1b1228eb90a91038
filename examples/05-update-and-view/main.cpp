// The host: owns the state, and a loop that calls update and view. An edit here starts it again.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <hr/hr.hpp>
#include <thread>

#include "meadow.h"
#include "update.h"
#include "view.h"

// fireflies [FRAMES]: so many frames at once, or one after the other until it is stopped.
int main(int argc, char** argv) {
  argc = hr::args(argc, argv);
  const int frames = argc > 1 ? std::atoi(argv[1]) : -1;
  State& state =
      hr::state<State>("state");  // a State that is taken along when the host starts again
  for (int i = 0; i != frames; ++i) {
    hr::poll();  // new code goes live here, and nowhere else
    update(state);
    view(state);
    std::fflush(stdout);
    if (frames < 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}
