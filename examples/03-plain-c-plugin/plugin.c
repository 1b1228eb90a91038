#include "plugin.h"

int plugin_next(int number) {
  return number + 1;
}

const char* plugin_text(int number) {
  return number % 2 == 0 ? "even" : "odd"; /* change a word and build */
}
