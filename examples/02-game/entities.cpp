#include "entities.h"

#include <array>
#include <cmath>
#include <random>

namespace {

constexpr float turn_speed = 4.0F;  // radians per second
constexpr float thrust_speed = 260.0F;
constexpr float shot_speed = 420.0F;

constexpr SDL_Color ship_color = {90, 220, 255, 255};
constexpr SDL_Color rock_color = {255, 170, 60, 255};  // try another colour, and save
constexpr SDL_Color shot_color = {255, 255, 255, 255};

float random_between(float low, float high) {
  static std::mt19937 generator(7);
  return std::uniform_real_distribution<float>(low, high)(generator);
}

// A closed outline: corner i lies at `radii[i % count]` of the radius.
template <std::size_t count>
void draw_outline(SDL_Renderer* renderer, const Entity& entity, float angle, SDL_Color color,
                  const std::array<float, count>& radii) {
  std::array<SDL_FPoint, count + 1> points;
  for (std::size_t i = 0; i <= count; ++i) {
    const float corner = angle + 6.2832F * static_cast<float>(i) / static_cast<float>(count);
    const float distance = entity.radius * radii[i % count];
    points[i] = {entity.x + distance * std::cos(corner), entity.y + distance * std::sin(corner)};
  }
  SDL_SetRenderDrawColor(renderer, color.r, color.g, color.b, color.a);
  SDL_RenderDrawLinesF(renderer, points.data(), static_cast<int>(points.size()));
}

float wrapped(float position, float size) {
  return position < 0 ? position + size : position >= size ? position - size : position;
}

}  // namespace

void Entity::update(float seconds) {
  x = wrapped(x + vx * seconds, field_width);
  y = wrapped(y + vy * seconds, field_height);
}

Ship::Ship() {
  x = field_width / 2.0F;
  y = field_height / 2.0F;
  radius = 16;
}

void Ship::update(float seconds) {
  angle += turn * turn_speed * seconds;
  vx += std::cos(angle) * thrust * thrust_speed * seconds;
  vy += std::sin(angle) * thrust * thrust_speed * seconds;
  Entity::update(seconds);
}

void Ship::draw(SDL_Renderer* renderer) const {
  draw_outline(renderer, *this, angle, ship_color, std::array{1.2F, 0.3F, 1.0F, 0.4F, 1.0F, 0.3F});
}

Rock::Rock(float at_x, float at_y, float size) {
  x = at_x;
  y = at_y;
  radius = size;
  vx = random_between(-70, 70);
  vy = random_between(-70, 70);
  spin = random_between(-1, 1);
}

void Rock::update(float seconds) {
  angle += spin * seconds;
  Entity::update(seconds);
}

void Rock::draw(SDL_Renderer* renderer) const {
  draw_outline(renderer, *this, angle, rock_color,
               std::array{1.0F, 0.8F, 1.1F, 0.9F, 0.7F, 1.0F, 0.85F, 1.1F, 0.75F});
}

Shot::Shot(const Ship& ship) {
  x = ship.x + std::cos(ship.angle) * ship.radius;
  y = ship.y + std::sin(ship.angle) * ship.radius;
  vx = ship.vx + std::cos(ship.angle) * shot_speed;
  vy = ship.vy + std::sin(ship.angle) * shot_speed;
  radius = 3;
}

void Shot::update(float seconds) {
  seconds_left -= seconds;
  gone = gone || seconds_left < 0;
  Entity::update(seconds);
}

void Shot::draw(SDL_Renderer* renderer) const {
  draw_outline(renderer, *this, 0, shot_color, std::array{1.0F, 1.0F, 1.0F, 1.0F});
}
