#include "shapes.h"

#include <functional>

enum class Mode { idle, walk };
typedef struct {
  int x, y;
} Point;
struct Private {
  int one;
};

Squad squad;
Point point = {1, 2};
Private of_first;
static Mode mode = Mode::walk;
thread_local long per_thread = 7;
void (*callback)(int, const Enemy*) = nullptr;
const char* const* words = nullptr;
std::function<int(int)> handler;
std::map<std::string, int> scores;

namespace world {
namespace {
struct Hidden {
  short s;
} hidden;
}  // namespace
struct Registry {
  static std::string title;
  static int counter() {
    static int calls = 0;
    return ++calls;
  }
};
std::string Registry::title = "a title that is longer than the small buffer";
}  // namespace world

void Enemy::tick(float seconds) {
  static int ticks = 0;
  struct Local {
    int a, b;
  };
  static Local local{1, 2};
  { static double ticks = 1; ticks += seconds; }
  handler = [this, seconds](int n) { return n + hp + static_cast<int>(seconds); };
  ticks += local.a + static_cast<int>(mode) + world::hidden.s + world::Registry::counter();
  per_thread += ticks;
}

static int internal(int a) { return a + 1; }
static int internal(float a) {
  static int seen = 0;
  return ++seen + static_cast<int>(a);
}

extern "C" int c_function(const Point* at, ...) { return at->x + internal(1) + internal(1.0f); }
