#include <stdio.h>
int game(void);

int main(void) {
  printf("game %d\n", game());
  return 0;
}
