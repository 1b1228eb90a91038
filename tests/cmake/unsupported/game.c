int score(void);

int score(void) {
  static int points = 40;
  return points += 2;
}
