// The rules: what is in the field, what the keys do, what hits what.
#include "game.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <hr/hr.hpp>

#include "entities.h"
#include "stars.h"

// Lives as long as the program; what can be told of it goes into the next one, too.
struct Game {
  Entities entities;
  Ship* ship = nullptr;  // one of the entities
  int score = 0;
};

namespace {

Game& game = hr::state<Game>("game");
std::vector<std::function<void()>> on_hit;

void add_rocks(int count) {
  for (int i = 0; i < count; ++i)
    game.entities.push_back(std::make_unique<Rock>(60.0F + 170.0F * static_cast<float>(i),
                                                   i % 2 ? 90.0F : 390.0F, 44.0F));
}

void set_up_keys() {
  on_key(SDLK_LEFT, [](bool down) { game.ship->turn = down ? -1.0F : 0.0F; });
  on_key(SDLK_RIGHT, [](bool down) { game.ship->turn = down ? 1.0F : 0.0F; });
  on_key(SDLK_UP, [](bool down) { game.ship->thrust = down ? 1.0F : 0.0F; });
  on_key(SDLK_SPACE, [](bool down) {
    if (down)
      game.entities.push_back(std::make_unique<Shot>(*game.ship));
  });
}

bool touch(const Entity& a, const Entity& b) {
  return std::hypot(a.x - b.x, a.y - b.y) < a.radius + b.radius;
}

void split(const Entity& rock) {
  if (rock.radius < 16)
    return;
  for (int i = 0; i < 2; ++i)
    game.entities.push_back(std::make_unique<Rock>(rock.x, rock.y, rock.radius * 0.6F));
}

void collide() {
  const std::size_t count = game.entities.size();  // those that split() adds fly free in this frame
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      Entity& rock = *game.entities[i];
      Entity& shot = *game.entities[j];
      if (rock.gone || shot.gone || !rock.hurts() || shot.hurts() || &shot == game.ship ||
          !touch(rock, shot))
        continue;
      rock.gone = shot.gone = true;
      split(rock);
      for (const auto& callback : on_hit)
        callback();
    }
  }
}

void draw_score(SDL_Renderer* renderer) {
  SDL_SetRenderDrawColor(renderer, 120, 255, 120, 255);
  for (int i = 0; i < game.score; ++i) {
    const SDL_Rect mark = {10 + 9 * (i % 80), 10 + 12 * (i / 80), 6, 9};
    SDL_RenderFillRect(renderer, &mark);
  }
}

}  // namespace

void game_start() {
  auto own = std::make_unique<Ship>();
  game.ship = own.get();
  game.entities.push_back(std::move(own));
  add_rocks(5);
  on_hit.push_back([] { game.score += 1; });
  set_up_keys();
  stars_start();
}

void game_frame(SDL_Renderer* renderer, float seconds) {
  static int waves = 1;
  for (const auto& entity : game.entities)
    entity->update(seconds);
  collide();
  game.entities.erase(std::remove_if(game.entities.begin(), game.entities.end(),
                                     [](const auto& entity) { return entity->gone; }),
                      game.entities.end());
  if (std::none_of(game.entities.begin(), game.entities.end(),
                   [](const auto& e) { return e->hurts(); }))
    add_rocks(4 + ++waves);

  stars_draw(renderer);
  for (const auto& entity : game.entities)
    entity->draw(renderer);
  draw_score(renderer);
}

void game_stop() {
  stars_stop();
  game.entities.clear();
}
