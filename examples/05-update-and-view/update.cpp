// What happens in a frame. A hot module.
#include "update.h"

#include <memory>
#include <random>

#include "meadow.h"

// Every thread draws from a generator of its own, which is destroyed with the thread: as long as
// that is to come, no dlclose() unloads this library. Here it goes on where it was, in whatever
// code.
static float random_number(float from, float to) {
  thread_local const auto generator = std::make_unique<std::mt19937>(7);
  return std::uniform_real_distribution<float>(from, to)(*generator);
}

static void fly(Firefly& firefly) {
  const float restless = glow(firefly) > 0 ? 0.001f : 0.008f;  // change a number and save
  firefly.speed = 0.9f * firefly.speed + random_number(-restless, restless);
  firefly.place += firefly.speed;
  if (firefly.place < 0 || firefly.place > 1) {
    firefly.speed = -firefly.speed;
    firefly.place += 2 * firefly.speed;
  }
  ++firefly.age;
}

void update(State& state) {
  ++state.frame;
  while (state.fireflies.size() < 6)
    state.fireflies.push_back({random_number(0, 1), 0, static_cast<int>(random_number(0, 20))});
  for (Firefly& firefly : state.fireflies)
    fly(firefly);
}
