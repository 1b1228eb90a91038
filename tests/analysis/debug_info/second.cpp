#include "shapes.h"

struct Private {
  double another;
};

Private of_second;
Squad reserve;

Actor::~Actor() {}
void Actor::tick(float) {}
int second_calls() {
  auto twice = [](int a) { return 2 * a; };
  return twice(static_cast<int>(reserve.leader.path.size()));
}
