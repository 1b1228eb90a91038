#include <hr/hr.h>

int score(void);

int rounds = 1; /* the program's too: nothing is marked, so everything is exported */

int score(void) {
  hr_poll(); /* of hr.dll */
  return 41;
}
