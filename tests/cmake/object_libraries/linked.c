int linked_state = 30;

int linked(void) {
  return linked_state;
}
