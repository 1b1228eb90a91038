#include "shared.h"

int one(int x) {
  return shared(x);
}

int (*shared_of_one())(int) {
  return shared;
}
