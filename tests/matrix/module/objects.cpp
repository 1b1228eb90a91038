#include "objects.h"

#include <string>
#include <typeinfo>

Named::~Named() = default;
Sized::~Sized() = default;
Root::~Root() = default;

const char* Shape::name() const {
  return VERSION == 1 ? "shape 1" : VERSION == 2 ? "shape 2" : VERSION == 3 ? "shape 3" : "shape 4";
}

int Shape::area() const {
  return width * height * scale * VERSION;
}

int Root::depth() const {
  return root;
}

int Diamond::depth() const {
  return left + root + 10 * VERSION;
}

static int hidden_deaths = 0;

namespace {

struct Hidden : Named {
  ~Hidden() override { ++hidden_deaths; }

  const char* name() const override { return "hidden"; }
};

struct HiddenMishap {
  int version;
};

#if VERSION >= 3
// A class that only newer generations know.
struct Newcomer : Named {
  const char* name() const override { return "newcomer"; }
};
#endif

}  // namespace

std::unique_ptr<Shape> make_shape() {
  return std::make_unique<Shape>();
}

std::unique_ptr<Root> make_diamond() {
  return std::make_unique<Diamond>();
}

Named* make_hidden() {
#if VERSION >= 3
  const Newcomer newcomer;
  if (is_shape(newcomer))
    return nullptr;
#endif
  return new Hidden;
}

bool is_shape(const Named& named) {
  return dynamic_cast<const Shape*>(&named) != nullptr && typeid(named) == typeid(Shape);
}

bool is_hidden(const Named& named) {
  return dynamic_cast<const Hidden*>(&named) != nullptr && typeid(named) == typeid(Hidden);
}

Sized* as_sized(Named& named) {
  return dynamic_cast<Sized*>(&named);
}

int destroyed_hidden() {
  return hidden_deaths;
}

void throw_mishap(int x) {
  const std::string unwound = "an object that the unwinder must destroy, on the heap";
  if (x > 0)
    throw Mishap("mishap " + std::to_string(VERSION));
}

void throw_hidden() {
  throw HiddenMishap{VERSION};
}

int catch_hidden(void (*thrower)()) {
  try {
    thrower();
  } catch (const HiddenMishap& mishap) {
    return mishap.version;
  } catch (...) {
    return -1;
  }
  return 0;
}

int catch_from_host(void (*thrower)()) {
  try {
    thrower();
  } catch (const std::exception&) {
    return VERSION;
  }
  return 0;
}
