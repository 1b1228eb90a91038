// Another unit with names of its own that game.cpp has too.
#include "shared.h"

static int counter = 40;

static int local_step(int by) {
  static int calls = 3;
  return calls += clamp(by);
}

int other_counter() { return counter += local_step(shared_total); }
