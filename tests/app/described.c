int number = NUMBER;

int count(void) {
  return number += NUMBER;
}
