#ifdef USE_HR
#include <hr/hr.h>
#endif
#include <cstdio>
#include <string>

std::string frame();

int main() {
  for (int i = 0; i < 2; ++i) {
#ifdef USE_HR
    hr_poll();
#endif
    std::puts(frame().c_str());
  }
}
