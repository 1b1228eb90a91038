int game();

int render() {
  return 10 + game();
}
