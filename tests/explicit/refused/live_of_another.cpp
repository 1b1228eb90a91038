// says: HR_MEMBERS\(\) and HR_LIVE\(\) take the class that they stand in first
#include <hr/hr.hpp>

struct Rock {
  HR_LIVE(Rock, x);
  virtual ~Rock() = default;
  int x = 0;
};

struct Shot {
  HR_LIVE(Rock, x);
  virtual ~Shot() = default;
  int x = 0;
};
