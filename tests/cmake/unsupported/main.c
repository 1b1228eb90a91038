#include <stdio.h>

int score(void);

int main(void) {
  printf("score %d\n", score());
  return 0;
}
