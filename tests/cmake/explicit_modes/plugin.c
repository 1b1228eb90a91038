#include "plugin.h"

static int steps;

int plugin_step(int by) {
  return steps += by;
}

static const char* name(void) {
  return program_name();
}

const struct plugin_api plugin_api = {name, 42};
