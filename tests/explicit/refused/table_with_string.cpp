// says: hr_bind_table\(\) writes bytes over the table: make it a plain struct of function pointers
// and numbers
#include <hr/hr.hpp>
#include <string>

struct Api {
  int (*step)(int);
  std::string name;
};

int use(hr_library* library) {
  static Api api;
  return hr_bind_table(library, "api", &api);
}
