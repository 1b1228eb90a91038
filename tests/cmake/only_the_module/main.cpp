#include <cstdio>
int game();
extern "C" int other();

int main() {
  std::printf("%d%d\n", game(), other());
}
