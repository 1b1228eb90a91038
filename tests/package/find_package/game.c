#include <hr/hr.h>

int game(void);

int game(void) {
  hr_poll();
  return 42;
}
