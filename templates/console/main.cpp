// The host: the loop. It is never reloaded.
#include <chrono>
#include <cstdlib>
#include <hr/hr.hpp>
#include <thread>

#include "@MODULE@.h"

// @NAME@ [STEPS]: so many steps, or until it is stopped.
int main(int argc, char** argv) {
  const int steps = argc > 1 ? std::atoi(argv[1]) : -1;
  for (int i = 0; i != steps; ++i) {
    hr::poll();                 // new code goes live here
    hr::guard([] { step(); });  // a crash in there is reported, and the code before it runs again
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
}
