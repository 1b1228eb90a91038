// What both objects of the library have.
#pragma once

inline int shared_count() {
  static int count = 0;
  return ++count;
}
