// says: hr::state<T> gives a reference to its object: name the plain type
#include <hr/hr.hpp>

struct World {
  int score = 0;
};

int use() {
  return hr::state<const World>("world").score;
}
