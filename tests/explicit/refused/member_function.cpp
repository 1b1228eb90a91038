// says: hr_bind\(\) takes the address of a function pointer
#include <hr/hr.hpp>

struct Game {
  int step(int value);
};

int use(hr_library* library) {
  static int (Game::*step)(int) = nullptr;
  return hr_bind(library, "step", &step);
}
