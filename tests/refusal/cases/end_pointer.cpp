// g++ -O0 takes the address of first's end, which is where added starts. Without the object file
// nobody can tell which of the two is meant.
static int first[4] = {1, 2, 3, 4};
#if VERSION == 2
static int added[4] = {10, 20, 30, 40};
#endif
static int last = 24;

extern "C" int probe() {
  int sum = 0, count = 0;
  for (const int& element : first) {
    sum += element;
    if (++count > 8)
      return -1;
  }
#if VERSION == 2
  for (const int& element : added)
    sum += element;
#endif
  return sum + last + 1000 * (VERSION == 3);
}
