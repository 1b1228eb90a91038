#include <stdio.h>
int play(void);
extern int game_level;
extern int host_counter;
int host_level = 5;

int host_value(void) {
  return 10;
}

int main(void) {
  game_level = 20;
  host_counter = 7;
  printf("play %d\n", play());
  return 0;
}
