/* says: hr_bind\(\) takes the address of a function pointer: declare it as `int \(\*step\)\(int\);`
 * and pass `&step` */
#include <hr/hr.h>

int use(hr_library* library);

int use(hr_library* library) {
  static int* speed;
  return hr_bind(library, "speed", &speed);
}
