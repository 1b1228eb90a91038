#ifndef PAINTER_H
#define PAINTER_H

#include "registry.h"

struct painter_api {
  void (*paint)(int row);
};

extern const struct painter_api painter_api;
plugin_load load_painter;

#endif
