// A state in two layouts, VERSION 1 and 2, as two builds of a module compile it. What members are
// called and where they are is asked of the compiler itself here; later it is the tool's part.
#include "migration/world.h"

#include <cstddef>
#include <cstring>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hr/hr.hpp"

namespace {

int buffers = 0;
int countdown = -1;  // the constructor of Enemy throws when it gets to 0

}  // namespace

// A class that owns something, in the old way: member by member its pointer must have one owner.
class Buffer {
 public:
  Buffer() { ++buffers; }

  Buffer(Buffer&& other) noexcept : text_(std::exchange(other.text_, nullptr)), size_(other.size_) {
    ++buffers;
  }

  ~Buffer() {
    delete[] text_;
    --buffers;
  }

  void set(const char* text) {
    size_ = std::strlen(text) + 1;
    text_ = new char[size_];
    std::memcpy(text_, text, size_);
  }

  const char* get() const { return text_ != nullptr ? text_ : ""; }

 private:
#if VERSION == 2
  int uses_ = 7;
#endif
  char* text_ = nullptr;
  std::size_t size_ = 0;
#if VERSION == 2
  HR_MEMBERS(Buffer, uses_, text_, size_);
#else
  HR_MEMBERS(Buffer, text_, size_);
#endif
};

struct Vec {
  float x = 0, y = 0;
};

struct Item {
  std::string name;
};

struct Enemy {
#if VERSION == 1
  Enemy() {
    if (countdown > 0 && --countdown == 0)
      throw 1;
  }

  HR_MEMBERS(Enemy, name, hp, mana, at, target, items);
  std::string name = "nobody";
  int hp = 100;
  std::unique_ptr<int> mana;
  Vec at;
  Enemy* target = nullptr;
  std::vector<Item> items;
#else
  Enemy() {
    if (countdown > 0 && --countdown == 0)
      throw 1;
  }

  HR_MEMBERS(Enemy, armour, at, hp, items, name, target);
  int armour = 5;
  Vec at;
  long hp = 100;
  std::vector<Item> items;
  std::string name = "nobody";
  Enemy* target = nullptr;
#endif
};

struct Node {
  Enemy enemy;
  std::vector<Node> children;
};

struct World {
#if VERSION == 2
  int level = 1;
#endif
  std::vector<Enemy> enemies;
  std::list<Enemy> listed;
  std::deque<Enemy> queued;
  std::map<std::string, Enemy> by_name;
  std::unordered_map<int, Enemy> by_number;
  std::set<Enemy*> selected;
  std::unique_ptr<Enemy> boss;
  std::shared_ptr<Enemy> first_owner, second_owner;
  std::optional<Enemy> maybe;
  std::pair<int, Enemy> pair;
  Enemy array[3];
  Enemy* strongest = nullptr;
  float* its_y = nullptr;
  Node tree;
  Buffer buffer;
  std::vector<Buffer> buffers;
  std::string title;
#if VERSION == 1
  int score = 0;
#else
  double score = 0;
#endif
};

#if VERSION == 2
// The program's own last word: what was mana is armour now.
void hr_migrate(const hr::Old& old, Enemy& now) {
  if (const auto* mana = old.find<std::unique_ptr<int>>("mana");
      mana != nullptr && *mana != nullptr)
    now.armour = **mana + old.get<int>("hp") * 1000;
}
#endif

namespace {

Enemy make(const std::string& name, int hp) {
  Enemy enemy;
  enemy.name = name;
  enemy.hp = hp;
  enemy.at = {static_cast<float>(hp), -1};
  enemy.items = {{name + "'s sword which is not a short name"}, {"bow"}};
#if VERSION == 1
  if (hp == 3)
    enemy.mana = std::make_unique<int>(9);
#endif
  return enemy;
}

void fill(void* object) {
  World& world = *static_cast<World*>(object);
  for (int i = 0; i < 5; ++i)
    world.enemies.push_back(make("enemy " + std::to_string(i), i));
  world.listed.push_back(make("listed", 11));
  world.listed.push_back(make("listed too", 12));
  world.queued.push_back(make("queued", 13));
  world.by_name["name that is longer than a short string"] = make("by name", 14);
  world.by_number[42] = make("by number", 15);
  world.boss = std::make_unique<Enemy>(make("boss", 16));
  world.first_owner = world.second_owner = std::make_shared<Enemy>(make("shared", 17));
  world.maybe = make("maybe", 18);
  world.pair = {4, make("pair", 19)};
  world.array[1] = make("array", 20);
  world.selected = {&world.enemies[3], world.boss.get(), &world.array[1]};
  world.strongest = &world.listed.back();
  world.its_y = &world.enemies[2].at.y;
  world.enemies[0].target = &world.by_name.begin()->second;
  world.boss->target = &*world.maybe;
  world.tree.children.resize(2);
  world.tree.children[1].enemy = make("leaf", 21);
  world.tree.children[1].enemy.target = &world.tree.children[0].enemy;
  world.buffer.set("buffer");
  world.buffers.resize(3);
  world.buffers[2].set("third");
  world.title = "title";
  world.score = 77;
}

bool is(const Enemy& enemy, const char* name, int hp) {
  return enemy.name == name && enemy.hp == hp && enemy.at.x == static_cast<float>(hp) &&
         enemy.items.size() == 2 && enemy.items[1].name == "bow" &&
         enemy.items[0].name == name + std::string("'s sword which is not a short name");
}

// The number of the first thing that is not as fill() made it, 0 when all is.
int first_wrong(void* object) {
  World& w = *static_cast<World*>(object);
  int check = 0;
  const bool good[] = {
      w.enemies.size() == 5,
      is(w.enemies[0], "enemy 0", 0) && is(w.enemies[4], "enemy 4", 4),
      w.listed.size() == 2 && is(w.listed.back(), "listed too", 12),
      w.queued.size() == 1 && is(w.queued[0], "queued", 13),
      w.by_name.size() == 1 &&
          is(w.by_name["name that is longer than a short string"], "by name", 14),
      w.by_number.size() == 1 && is(w.by_number[42], "by number", 15),
      w.boss != nullptr && is(*w.boss, "boss", 16),
      w.first_owner == w.second_owner && w.first_owner.use_count() == 2,
      is(*w.first_owner, "shared", 17),
      w.maybe.has_value() && is(*w.maybe, "maybe", 18),
      w.pair.first == 4 && is(w.pair.second, "pair", 19),
      w.array[0].name == "nobody" && is(w.array[1], "array", 20),
      w.selected == std::set<Enemy*>{&w.enemies[3], w.boss.get(), &w.array[1]},
      w.strongest == &w.listed.back(),
      w.its_y == &w.enemies[2].at.y && *w.its_y == -1,
      w.enemies[0].target == &w.by_name.begin()->second && w.enemies[1].target == nullptr,
      w.boss->target == &*w.maybe,
      w.tree.children.size() == 2 && is(w.tree.children[1].enemy, "leaf", 21),
      w.tree.children[1].enemy.target == &w.tree.children[0].enemy,
      w.buffer.get() == std::string("buffer"),
      w.buffers.size() == 3 && w.buffers[2].get() == std::string("third"),
      w.title == "title" && w.score == 77,
  };
  for (const bool one : good) {
    ++check;
    if (!one)
      return check;
  }
  return 0;
}

const hr_type* table(const char* type) {
  const std::string name = type;
  if (name == "World")
    return hr::detail::table_of<World>();
  if (name == "Enemy")
    return hr::detail::table_of<Enemy>();
  if (name == "Buffer")
    return hr::detail::table_of<Buffer>();
  return nullptr;
}

#if VERSION == 2
int armour_of(void* object, int enemy) {
  return static_cast<World*>(object)->enemies[static_cast<std::size_t>(enemy)].armour;
}
#else
int armour_of(void*, int) {
  return -1;
}
#endif

}  // namespace

extern "C" __attribute__((visibility("default"))) WorldModule world_module() {
  static const char* const members =
      VERSION == 1 ? "enemies listed queued by_name by_number selected boss first_owner "
                     "second_owner maybe pair "
                     "array strongest its_y tree buffer buffers title score"
                   : "level enemies listed queued by_name by_number selected boss first_owner "
                     "second_owner maybe "
                     "pair array strongest its_y tree buffer buffers title score";
  return {table,
          members,
          fill,
          first_wrong,
          armour_of,
          [](int value) { countdown = value; },
          [] {
            return buffers;
          }};
}
