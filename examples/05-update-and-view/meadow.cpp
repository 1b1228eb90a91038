#include "meadow.h"

int glow(const Firefly& firefly) {
  const int moment = firefly.age % 20;  // change how often they glow: the program starts again
  return moment < 4 ? moment : moment < 8 ? 7 - moment : 0;
}
