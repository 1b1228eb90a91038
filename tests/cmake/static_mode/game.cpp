#include <memory>
#include <string>
#include <vector>

extern "C" int think(int);

struct Entity {
  virtual ~Entity() = default;
  virtual int act() = 0;
};

struct Soldier final : Entity {
  int act() override { return think(20); }
};

static std::vector<std::unique_ptr<Entity>> entities;

std::string frame() {
  entities.push_back(std::make_unique<Soldier>());
  int sum = 0;
  for (const auto& entity : entities) {
    sum += entity->act();
  }
  return "sum " + std::to_string(sum);
}
