extern "C" int in_assembly();

int game() {
  return in_assembly();
}
