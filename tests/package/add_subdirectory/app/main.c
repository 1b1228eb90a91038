#include <stdio.h>

int game(void);
int host_value(void);

int host_value(void) {
  return 41;
}

int main(void) {
  printf("game %d\n", game());
  return 0;
}
