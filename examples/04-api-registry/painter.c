/* A plugin that uses another: it draws what the water says. */
#include "painter.h"

#include <stdio.h>

#include "water.h"

static const struct water_api* water; /* asked for once, kept for good */

static char land(int column, int row) {
  const unsigned chance = (unsigned)column * 73856093u ^ (unsigned)row * 19349663u;
  return chance % 19 == 0 ? '^' : ' '; /* change what grows there and build */
}

static void paint(int row) {
  if (water->flow == NULL)
    return; /* nobody has published it yet */
  water->flow();
  const int left = water->left();
  const int right = left + water->width();
  for (int column = 0; column < columns; ++column)
    putchar(column >= left && column < right ? '~' : land(column, row));
  putchar('\n');
}

const struct painter_api painter_api = {paint};

int load_painter(const struct registry* registry, int reload) {
  (void)reload;
  water = GET_API(registry, water_api);
  return PUBLISH_API(registry, painter_api);
}
