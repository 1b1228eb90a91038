int linked(void);
int archive(void);

int game(void) {
  return linked() + archive();
}
