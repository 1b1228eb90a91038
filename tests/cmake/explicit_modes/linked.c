#include <stdio.h>

#include "plugin.h"

int main(void) {
  puts(other_name());
  return 0;
}
