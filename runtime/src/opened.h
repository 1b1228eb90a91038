// An open descriptor, closed at the end of the scope. Knows no file.
#pragma once

#include <unistd.h>

namespace hr::runtime {

struct Opened {
  explicit Opened(int number) : descriptor(number) {}

  ~Opened() {
    if (descriptor >= 0)
      ::close(descriptor);
  }

  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  int descriptor;
};

}  // namespace hr::runtime
