// says: hr_bind_table\(\) fills the program.+s own table, and takes its address
#include <hr/hr.hpp>

struct Api {
  int (*step)(int);
};

int use(hr_library* library) {
  static Api* api;
  return hr_bind_table(library, "api", &api);
}
