#include <cstdio>
int game();

int main() {
  std::printf("game %d\n", game());
}
