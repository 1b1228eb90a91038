// The hot module: edit and save while the game runs.
#include "@MODULE@.h"

#include <hr/hr.hpp>
#include <vector>

struct Ball {
  float x = 40, y = 40;
  float vx = 120, vy = 90;  // pixels in a second
  float size = 18;
};

// Kept when code is replaced. Members may come and go: the others keep their values.
struct World {
  std::vector<Ball> balls = {Ball{}, Ball{300, 200, -80, 140, 26}, Ball{500, 90, 60, -110, 12}};
};

namespace {

World& world = hr::state<World>("world");

void move(Ball& ball, float seconds) {
  ball.x += ball.vx * seconds;
  ball.y += ball.vy * seconds;
  if (ball.x < 0 || ball.x + ball.size > field_width)
    ball.vx = -ball.vx;
  if (ball.y < 0 || ball.y + ball.size > field_height)
    ball.vy = -ball.vy;
}

}  // namespace

void draw_frame(SDL_Renderer* renderer, float seconds) {
  SDL_SetRenderDrawColor(renderer, 16, 18, 40, 255);  // change a colour and save
  SDL_RenderClear(renderer);
  SDL_SetRenderDrawColor(renderer, 250, 200, 80, 255);
  for (Ball& ball : world.balls) {
    move(ball, seconds);
    const SDL_FRect place = {ball.x, ball.y, ball.size, ball.size};
    SDL_RenderFillRectF(renderer, &place);
  }
}
