// says: symbol\(\) takes the function's type, not that of a pointer to it
#include <hr/hr.hpp>

int use(const hr::Library& library) {
  return (*library.symbol<int (*)(int)>("step"))(3);
}
