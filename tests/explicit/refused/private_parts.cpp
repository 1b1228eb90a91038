// says: without virtual functions, std:: members or private parts
#include <hr/hr.hpp>

class Api {
 public:
  int (*step)(int);

 private:
  int version = 0;
};

int use(hr_library* library) {
  static Api api;
  return hr_bind_table(library, "api", &api);
}
