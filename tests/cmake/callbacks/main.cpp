#include <cstdio>
extern "C" {
int engine(void);
int host_level = 5;

int host_value(void) {
  return 10;
}
}

int main() {
  std::printf("play %d\n", engine());
}
