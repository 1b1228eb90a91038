#include "plugin.h"

const char* other_name(void) {
  return "other";
}
