// says: hr_bind\(\) takes the address of a function pointer: declare it as `int \(\*step\)\(int\);`
// and pass `&step`
#include <hr/hr.hpp>

int use(hr_library* library) {
  static int* speed = nullptr;
  return hr_bind(library, "speed", &speed);
}
