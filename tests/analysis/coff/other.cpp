// The library's second object: names of the first one again, which are other things.
#include "shared.h"

namespace app {

static int counter = 8;

static int first(int by) {
  static int calls = 1;
  return calls += by + counter;
}

}  // namespace app

extern "C" int other_step(int by) {
  return app::first(by) + shared_count();
}
