#include <hr/hr.h>

#include <cstdio>

extern "C" int game(void);

int main() {
  hr_poll();
  std::printf("game %d\n", game());
}
