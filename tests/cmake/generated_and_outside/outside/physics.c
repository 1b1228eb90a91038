#include "limit.h"
extern int table[2];

int physics(void) {
  return LIMIT + table[0] + table[1];
}
