// One small module of a Windows library; EDIT says which edit of it this is.
#include <string>
#include <vector>

#include "shared.h"

namespace app {

enum class Kind : unsigned char { rock, ship = 7 };

struct Enemy {
  int hp = 3;
  Kind kind = Kind::ship;
#if EDIT == 2
  float armour = 1;
#endif
  unsigned alive : 1;
  unsigned team : 3;
  Enemy* next = nullptr;
  std::string name;

  virtual ~Enemy() {}

  virtual int hit(int by) { return hp -= by; }
};

Enemy boss;
static std::vector<int> history;
#if EDIT == 3
static std::vector<int> fresh(3);
#endif
#if EDIT == 4
static long long counter = 4;
#else
static int counter = 4;
#endif

static int first(int by) {
  static int calls;
  return ++calls + by;
}

static int second(int by) {
  static int calls = 1;
  return calls += by;
}

}  // namespace app

// Only frames hold one.
struct Sum {
  int of = 0;
#if EDIT == 7
  int more = 0;
#endif
};

static int sum(int by) {
  Sum sum;
  sum.of += by;
  return sum.of;
}

struct Pair {
  int a;
  float b;
};

Pair table[3] = {{1, 2}, {3, 4}};
extern const Pair constants[2] = {{1, 2}, {3, 4}};
int (*stored)(int) = app::first;

extern "C" int game_step(int by) {
  app::counter += by;
  app::history.push_back(by);
#if EDIT == 5
  auto before = [](int more) { return more * 2; };
  by += before(by);
#endif
  auto add = [by](int more) { return by + more + static_cast<int>(app::counter); };
#if EDIT == 6  // nothing but where a call leads
  const int result = app::second(by);
#else
  const int result = app::first(by);
#endif
#if EDIT == 3
  app::fresh[0] += by;
#endif
#if EDIT == 1
  return add(1) + result + table[1].a + constants[by & 1].a + shared_count() + 1;
#else
  return add(1) + result + table[1].a + constants[by & 1].a + shared_count();
#endif
}

extern "C" int keep_second(int by) {
  return app::second(by) + app::boss.hit(by) + sum(by);
}
