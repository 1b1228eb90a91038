int host_value(void);
int game(void);

int game(void) {
  return host_value() + 1;
}
