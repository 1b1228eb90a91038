// says: HR_MEMBERS\(\) and HR_LIVE\(\) take the class that they stand in first
#include <hr/hr.hpp>

class World {
  HR_MEMBERS(World, x);
  int x = 0;
};

class Level {
  HR_MEMBERS(World, x);
  int x = 0;
};
