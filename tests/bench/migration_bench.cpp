#include <fmt/format.h>

#include <string>

#include "bench.h"
#include "hr/hr.hpp"
#include "src/migration.h"

namespace hrwatch::bench {
namespace {

constexpr std::size_t objects = 100000;

namespace before {

struct Enemy {
  float x = 0, y = 0, vx = 0, vy = 0;
  int hp = 100, mana = 5, level = 1, kind = 0;
  std::string name = "somebody whose name is not short";
  void* target = nullptr;  // another of them
};

}  // namespace before

namespace after {

struct Enemy {
  std::string name = "nobody";
  double armour = 1;
  float x = 0, y = 0, vx = 0, vy = 0;
  long hp = 100;
  int mana = 5, level = 1, kind = 0;
  void* target = nullptr;  // another of them
};

}  // namespace after

// A build's tables of "Enemy" and of the state, a vector of them.
template <class Enemy>
struct Tables {
  hr_type enemy = *hr::detail::table_of<Enemy>();
  hr_type all = *hr::detail::table_of<std::vector<Enemy>>();

  Tables() {
    enemy.name = "Enemy";
    all.name = "std::vector<Enemy>";
    all.element = &enemy;
  }
};

hr::wire::TypeMigration difference(const hr_type& old, const hr_type& now) {
  static const char* const old_names[] = {"x",    "y",     "vx",   "vy",   "hp",
                                          "mana", "level", "kind", "name", "target"};
  static const char* const names[] = {"name", "armour", "x",     "y",    "vx",    "vy",
                                      "hp",   "mana",   "level", "kind", "target"};
  hr::wire::TypeMigration migration{"Enemy", 0, old.size, now.size, {}, {}, {"armour"}, {}};
  const auto was = hr::runtime::members_of(old), is = hr::runtime::members_of(now);
  for (std::size_t i = 0; i < is.size(); ++i) {
    for (std::size_t j = 0; j < was.size(); ++j) {
      if (std::string(names[i]) == old_names[j])
        migration.members.push_back({was[j].offset, is[i].offset, 0, 0, {}, {}, names[i]});
    }
  }
  return migration;
}

// Milliseconds to migrate all of them; negative when something got lost.
double migrate_once() {
  const Tables<before::Enemy> old;
  const Tables<after::Enemy> now;
  const auto migration = difference(old.enemy, now.enemy);
  hr::runtime::TypeChanges changes;
  changes.tables.emplace(now.all.name, &now.all);
  changes.migrations.emplace(&now.enemy, &migration);

  alignas(16) char place[64];
  auto* enemies = new (place) std::vector<before::Enemy>(objects);
  for (std::size_t i = 0; i < objects; ++i) {
    (*enemies)[i].hp = static_cast<int>(i);
    (*enemies)[i].target = &(*enemies)[objects - 1 - i];
  }
  const auto start = std::chrono::steady_clock::now();
  auto begun = hr::runtime::Migration::begin({{"bench", place, &old.all, sizeof(place)}}, changes);
  if (!begun) {
    fmt::print(stderr, "hr_bench: {}: {}\n", begun.failure().what, begun.failure().why);
    return -1;
  }
  begun.value()->carry_out();
  const double took = since(start);
  auto* migrated = reinterpret_cast<std::vector<after::Enemy>*>(place);
  const bool good = migrated->size() == objects && (*migrated)[7].hp == 7 &&
                    (*migrated)[7].target == &(*migrated)[objects - 8] &&
                    (*migrated)[7].armour == 1;
  std::destroy_at(migrated);
  return good ? took : -1;
}

}  // namespace

std::vector<Row> measure_migration(int rounds) {
  Samples samples;
  for (int round = 0; round < rounds; ++round) {
    samples.push_back(migrate_once());
    if (samples.back() < 0) {
      fmt::print(stderr, "hr_bench: a migration lost something\n");
      return {};
    }
  }
  return {{"migrate 100,000 objects of 10 members", median(samples), spread(samples), "ms",
           "<= 50 ms", median(samples) <= 50}};
}

}  // namespace hrwatch::bench
