// Same file name and same names of statics as north/unit.cpp, other variables.
int south_static();

static int same_name = 50;
static int numbers[3] = {1, 0, 1};

int south_static() {
  for (const int number : numbers)
    same_name += number;
  return ++same_name;
}
