/* says: hr_bind_table\(\) fills the program.+s own table, and takes its address */
#include <hr/hr.h>

struct api {
  int (*step)(int);
};

int use(hr_library* library);

int use(hr_library* library) {
  static struct api* api;
  return hr_bind_table(library, "api", &api, sizeof(api));
}
