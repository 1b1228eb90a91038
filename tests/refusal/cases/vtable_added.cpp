// A virtual function is added in front: live objects have the old table.
struct Animal {
  virtual ~Animal() {}
#if VERSION == 2
  virtual int legs() {
    return 99;
  }
#endif
  virtual int noise() {
    return 34 + 1000 * (VERSION == 3);
  }
};

static Animal* animal = new Animal;
static Animal* volatile chosen = animal;

extern "C" int probe() {
  return chosen->noise();
}
