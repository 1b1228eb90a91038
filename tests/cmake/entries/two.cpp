#include "shared.h"

static int hidden(int x) {
  return shared(x) + 1;
}

int two(int x) {
  return hidden(x);
}

int (*hidden_of_two())(int) {
  return hidden;
}
