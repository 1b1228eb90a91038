#include <stdio.h>
int physics(void);

int main(void) {
  printf("physics %d\n", physics());
  return 0;
}
