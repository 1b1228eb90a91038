#include <chrono>
#include <thread>

#include "counter.h"

int main() {
  for (;;) {
    step();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
}
