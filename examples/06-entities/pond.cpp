// The plugin: what lives in the pond. Edit and save while both programs run.
#include "pond.h"

#include <map>

#include "fields.h"

static void put(std::string& water, int x, const std::string& shape) {
  for (std::size_t i = 0; i < shape.size(); ++i)
    water[(static_cast<std::size_t>(x) + i) % water.size()] = shape[i];
}

struct Fish : Entity {
  FIELDS(Fish, x, speed);
  int x = 0;
  int speed = 1;

  void update() override { x = (x + speed) % pond_width; }

  void draw(std::string& water) const override { put(water, x, "><>"); }  // try "><((o>"
};

struct Snail : Entity {
  FIELDS(Snail, x, wait);
  int x = 0;
  int wait = 4;  // ticks until the next step

  void update() override {
    if (--wait > 0)
      return;
    wait = 4;
    x = (x + 1) % pond_width;
  }

  void draw(std::string& water) const override { put(water, x, "@"); }
};

// Every kind registers itself. Those there are already do so once, not at each reload; one more
// line does it when it comes.
template <class T>
std::unique_ptr<Entity> make() {
  return std::make_unique<T>();
}

using Maker = std::unique_ptr<Entity> (*)();

static std::map<std::string, Maker>& kinds() {
  static std::map<std::string, Maker> all;
  return all;
}

static const bool fish = kinds().emplace("Fish", make<Fish>).second;
static const bool snail = kinds().emplace("Snail", make<Snail>).second;

std::unique_ptr<Entity> make_entity(const std::string& kind) {
  const auto found = kinds().find(kind);
  return found != kinds().end() ? found->second() : nullptr;
}

std::string to_blob(const Entities& entities) {
  std::string blob;
  for (const auto& entity : entities)
    blob += entity->write() + '\n';
  return blob;
}

Entities from_blob(const std::string& blob) {
  Entities entities;
  std::istringstream lines(blob);
  for (std::string line; std::getline(lines, line);) {
    auto entity = make_entity(line.substr(0, line.find(' ')));
    if (entity == nullptr)
      continue;
    entity->read(line);
    entities.push_back(std::move(entity));
  }
  return entities;
}

std::string picture(const Entities& entities) {
  std::string water(pond_width, '~');
  for (const auto& entity : entities)
    entity->draw(water);
  return water;
}
