#include <stdio.h>

int twice(void);
extern int rounds;

int main(void) {
  printf("round %d: %d\n", rounds, twice());
  return 0;
}
