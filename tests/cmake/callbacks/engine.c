int play(void);

int engine(void) {
  return play();
}
