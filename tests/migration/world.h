// What a version of the state's library offers to the test. Knows no layout.
#pragma once

#include "hr/state.h"

struct WorldModule {
  const hr_type* (*table)(const char* type);
  const char* members;  // of World, in order
  void (*fill)(void* world);
  int (*first_wrong)(void* world);
  int (*armour_of)(void* world, int enemy);
  void (*throw_at)(int construction);  // 1 = the next one
  int (*buffers)();                    // alive
};
