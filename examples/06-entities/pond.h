// All that the programs (game.cpp, editor.cpp) know of the plugin (pond.cpp): an interface, who
// makes objects that have it, and the blob.
#pragma once

#include <memory>
#include <string>
#include <vector>

constexpr int pond_width = 40;

// Made by the plugin, kept by the programs.
class Entity {
 public:
  virtual ~Entity() = default;
  virtual void update() = 0;                         // one tick
  virtual void draw(std::string& water) const = 0;   // over what is there
  virtual std::string write() const = 0;             // "Fish x=3 speed=2"
  virtual void read(const std::string& fields) = 0;  // what is not named there stays as it is
};

using Entities = std::vector<std::unique_ptr<Entity>>;

// Nothing when the plugin has no such kind.
std::unique_ptr<Entity> make_entity(const std::string& kind);

// A line for each. What fields a kind has may change in between.
std::string to_blob(const Entities& entities);
Entities from_blob(const std::string& blob);

std::string picture(const Entities& entities);
