// says: hr::Function takes the function's type, not that of a pointer to it
#include <hr/hr.hpp>

bool use(hr::Library& library) {
  const hr::Function<int (*)(int)> step(library, "step");
  return &step != nullptr;
}
