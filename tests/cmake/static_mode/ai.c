int think(int x);

int think(int x) {
  static int calls;
  return x + ++calls;
}
