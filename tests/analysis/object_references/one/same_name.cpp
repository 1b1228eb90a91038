// Neighbours in memory whose boundaries the code names: the end of one is the start of the next.
static int first[4] = {1, 2, 3, 4};
static int second[4] = {5, 6, 7, 8};
static int count = 0;
static bool done = false;
static int* cursor = second;  // in data: not to be taken for the end of `first`
extern int exported[8];

static int helper(int n) {
  return first[n & 3];
}

int one_sum() {
  int sum = 0;
  for (int x : first)
    sum += x;
  for (int x : second)
    sum += x;
  count = 70000;
  if (!done)
    done = true;
  exported[2] += *cursor;
  return sum + helper(count);
}
