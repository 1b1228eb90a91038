#pragma once

inline int shared(int x) {
  return x + 1;
}
