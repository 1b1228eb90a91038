// What host, update and view have in common: the state, and what all of them know of it.
#pragma once

#include <vector>

constexpr int columns = 60;

struct Firefly {
  float place = 0;  // 0 to 1, from edge to edge
  float speed = 0;
  int age = 0;  // in frames
};

// The host owns it, and passes it into every call.
struct State {
  int frame = 0;
  std::vector<Firefly> fireflies;
};

int glow(const Firefly& firefly);  // 0 is dark, 3 is bright
