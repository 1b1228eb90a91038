#ifndef WATER_H
#define WATER_H

#include "registry.h"

enum { columns = 64 }; /* how wide the land is */

/* New functions go to the end: who was built before knows those above. A struct can't lose any
 * while the program runs. */
struct water_api {
  void (*flow)(void); /* one row on */
  int (*left)(void);  /* column of the left bank */
  int (*width)(void);
};

extern const struct water_api water_api;
plugin_load load_water;

#endif
