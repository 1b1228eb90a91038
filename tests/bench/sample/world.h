// What all units of the sample share.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace world {

struct Point {
  float x = 0, y = 0;
};

struct Item {
  std::string name;
  int amount = 0;
  double weight = 0;
};

class Actor {
 public:
  explicit Actor(std::string name) : name_(std::move(name)) {}

  virtual ~Actor() = default;
  virtual void tick(float seconds) = 0;

  const std::string& name() const { return name_; }

  Point at;
  int health = 100;
  std::vector<Item> bag;

 private:
  std::string name_;
};

using Actors = std::vector<std::unique_ptr<Actor>>;
using Index = std::unordered_map<std::string, Actor*>;

}  // namespace world
