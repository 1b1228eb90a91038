int any_number(void);

int any_number(void) {
  return 42;
}
