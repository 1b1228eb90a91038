// What flies about: live objects with virtual functions, kept on the heap over every reload. The
// lines HR_LIVE name the members that keep their values when a class changes.
#pragma once

#include <hr/hr.hpp>
#include <memory>
#include <vector>

#include "game.h"

struct Entity {
  HR_LIVE(Entity, x, y, vx, vy, radius, gone);
  float x = 0, y = 0, vx = 0, vy = 0, radius = 0;
  bool gone = false;

  virtual ~Entity() = default;
  virtual void update(float seconds);
  virtual void draw(SDL_Renderer* renderer) const = 0;

  virtual bool hurts() const { return false; }
};

struct Ship : Entity {
  HR_LIVE(Ship, x, y, vx, vy, radius, gone, angle, turn, thrust);
  float angle = -1.5F;
  float turn = 0, thrust = 0;

  Ship();
  void update(float seconds) override;
  void draw(SDL_Renderer* renderer) const override;
};

struct Rock : Entity {
  HR_LIVE(Rock, x, y, vx, vy, radius, gone, angle, spin);
  float angle = 0, spin = 0;

  Rock() = default;
  Rock(float at_x, float at_y, float size);
  void update(float seconds) override;
  void draw(SDL_Renderer* renderer) const override;

  bool hurts() const override { return true; }
};

struct Shot : Entity {
  HR_LIVE(Shot, x, y, vx, vy, radius, gone, seconds_left);
  float seconds_left = 1.2F;

  Shot() = default;
  explicit Shot(const Ship& ship);
  void update(float seconds) override;
  void draw(SDL_Renderer* renderer) const override;
};

using Entities = std::vector<std::unique_ptr<Entity>>;
