// says: hr::Table<T> holds the table itself: hr::Table<game_api>
#include <hr/hr.hpp>

struct Api {
  int (*step)(int);
};

int use(hr::Library& library) {
  const hr::Table<Api*> api(library, "api");
  return (*api)->step(1);
}
