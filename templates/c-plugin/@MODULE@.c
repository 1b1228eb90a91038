/* The plugin: edit and save while the program runs. */
#include "@MODULE@.h"

#include <stdio.h>

void @MODULE@_step(int* count) {
  *count += 1;
  printf("step %d: hello\n", *count); /* change this line and save */
}
