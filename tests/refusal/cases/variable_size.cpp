// An array that grows while something points into it: whoever holds its address has the old one.
#if VERSION == 2
int scores[6] = {30, 4};
#else
int scores[4] = {30, 4};
#endif
int* holder = scores;

extern "C" int probe() {
  return holder[0] + scores[1] + 1000 * (VERSION == 3);
}
