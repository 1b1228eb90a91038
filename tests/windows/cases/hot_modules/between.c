int score(void);
int twice(void);

int twice(void) {
  return 2 * score();
}
