// What a container holds changes: the container's own layout does not.
#include <vector>

struct Particle {
  float x = 30, y = 4;
#if VERSION == 2
  float z = 0;
#endif
};

static std::vector<Particle> particles(4);

extern "C" int probe() {
  return static_cast<int>(particles[3].x + particles[3].y) + 1000 * (VERSION == 3);
}
