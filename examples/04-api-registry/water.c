/* A plugin: where the river flows. */
#include "water.h"

#include <hr/hr.h>
#include <stdio.h>

/* A static by name, on the heap: new code finds it as the old code left it. */
typedef struct {
  unsigned random;
  int middle, drift; /* in sixteenths of a column */
} Course;

HR_STATE(Course, course);

static int width(void) {
  return 9; /* change this number and build */
}

static int left(void) {
  return columns / 2 + course()->middle / 16 - width() / 2;
}

static void flow(void) {
  Course* now = course();
  now->random = now->random * 1103515245u + 12345u;
  now->drift += (int)(now->random >> 24) % 17 - 8 - now->middle / 48;
  now->drift -= now->drift / 8;
  now->middle += now->drift;
}

const struct water_api water_api = {flow, left, width};

int load_water(const struct registry* registry, int reload) {
  if (reload) {
    /* What the registry has is still the old code, and it runs. */
    const struct water_api* old = GET_API(registry, water_api);
    fprintf(stderr, "water: %d wide, was %d\n", width(), old->width());
  }
  if (width() < 1 || width() > columns / 2) {
    fprintf(stderr, "water: that is no river\n");
    return 0;
  }
  return PUBLISH_API(registry, water_api);
}
