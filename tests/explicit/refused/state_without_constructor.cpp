// says: hr::state<T> makes its object by T\(\): give T a default constructor
#include <hr/hr.hpp>

struct World {
  explicit World(int size) : cells(size) {}

  int cells;
};

int use() {
  return hr::state<World>("world").cells;
}
