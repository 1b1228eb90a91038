#include <cstdio>

int one(int);
int two(int);
int (*shared_of_one())(int);
int (*hidden_of_two())(int);

// The 2-byte NOP at the entry of a loaded function, as the runtime leaves it.
static void show(const char* name, int (*function)(int)) {
  const unsigned char* entry = reinterpret_cast<const unsigned char*>(function);
  if (entry[0] == 0xf3 && entry[1] == 0x0f)  // endbr64
    entry += 4;
  std::printf("%s %02x%02x\n", name, entry[0], entry[1]);
}

int main() {
  show("one", one);
  show("two", two);
  show("shared", shared_of_one());
  show("hidden", hidden_of_two());
}
