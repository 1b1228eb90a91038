int archive_state = 12;

int archive(void) {
  return archive_state;
}
