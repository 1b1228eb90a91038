#include <cstdio>
int game();
int render();

int main() {
  std::printf("%d %d\n", game(), render());
}
