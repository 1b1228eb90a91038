#include "stars.h"

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

namespace {

struct Star {
  float x = 0, y = 0, depth = 1;
};

std::mutex mutex;
std::array<Star, 120> stars;
std::atomic<bool> running;
std::thread mover;

void move_stars(float seconds) {
  constexpr float speed = 30;  // try -200, and save: the thread takes the new step at once
  const std::lock_guard lock(mutex);
  for (Star& star : stars) {
    star.x -= speed * star.depth * seconds;
    if (star.x < 0)
      star.x += field_width;
    if (star.x >= field_width)
      star.x -= field_width;
  }
}

void keep_moving() {
  while (running) {
    move_stars(0.01F);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace

void stars_start() {
  unsigned seed = 1;
  const auto next = [&seed] {
    return static_cast<float>((seed = seed * 69069 + 1) >> 16) / 65536;
  };
  for (Star& star : stars)
    star = {next() * field_width, next() * field_height, 0.2F + next()};
  running = true;
  mover = std::thread(keep_moving);
}

void stars_draw(SDL_Renderer* renderer) {
  const std::lock_guard lock(mutex);
  for (const Star& star : stars) {
    const auto light = static_cast<Uint8>(60 + 120 * star.depth);
    SDL_SetRenderDrawColor(renderer, light, light, light, 255);
    SDL_RenderDrawPointF(renderer, star.x, star.y);
  }
}

void stars_stop() {
  running = false;
  mover.join();
}
