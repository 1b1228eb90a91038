#include <hr/hr.h>
#include <stdio.h>

static int (*number)(void);

int main(void) {
  hr_library* any = hr_open(ANY);
  if (!hr_bind(any, "any_number", &number)) {
    fprintf(stderr, "%s: %s\n", hr_error(any).what, hr_error(any).why);
    return 1;
  }
  printf("any %d\n", number());
  return !hr_close(any);
}
