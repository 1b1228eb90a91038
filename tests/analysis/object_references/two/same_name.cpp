// A source of the same name with functions and variables of the same names.
static int second[4] = {5, 6, 7, 8};
static int first[4] = {1, 2, 3, 4};
int exported[8];

static int helper(int n) {
  return second[n & 3];
}

template <class T>
T largest(const T (&values)[4]) {
  T result = values[0];
  for (const T& value : values)
    result = value > result ? value : result;
  return result;
}

int two_sum() {
  int sum = largest(first);
  for (int x : first)
    sum += x;
  for (int x : second)
    sum += x;
  return sum + helper(2) + exported[1];
}
