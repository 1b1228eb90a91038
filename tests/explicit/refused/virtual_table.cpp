// says: hr::Table<T> writes bytes over its T: make T a plain struct of function pointers and
// numbers
#include <hr/hr.hpp>

struct Api {
  virtual int step(int value) = 0;
};

int use(hr::Library& library) {
  struct Mine : Api {
    int step(int value) override { return value; }
  };

  const hr::Table<Mine> api(library, "api");
  return (*api).step == nullptr;
}
