// Same file name and same names of statics as south/unit.cpp, other variables.
int north_static();

static int same_name = 1;
static int numbers[2] = {1, 1};

int north_static() {
  for (const int number : numbers)
    same_name += number;
  return ++same_name;
}
