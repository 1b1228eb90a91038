// Objects of compiled classes, in two builds: what templates and structured bindings say must be
// enough to move them.
#include <dlfcn.h>

#include <memory>
#include <sstream>

#include "migration/world.h"
#include "src/migration.h"
#include "src/object_mover.h"
#include "src/states.h"
#include "support/catch.h"

using hr::runtime::members_of;
using hr::runtime::Migration;

// What libhr.so gives a program.
extern "C" const void* hr_old_member(const hr_old* old, const char* name, uint64_t* size) {
  return hr::runtime::old_member(*old, name, *size);
}

namespace {

WorldModule open(int version) {
  const std::string path = HR_TEST_WORLD_FOLDER "/libworld_" + std::to_string(version) + ".so";
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  REQUIRE(library != nullptr);
  return reinterpret_cast<WorldModule (*)()>(::dlsym(library, "world_module"))();
}

std::vector<std::string> words(std::string text) {
  for (char& c : text)
    c = c == ',' ? ' ' : c;
  std::istringstream in(text);
  std::vector<std::string> list;
  for (std::string word; in >> word;)
    list.push_back(word);
  return list;
}

std::vector<std::string> names_of(const WorldModule& module, const hr_type& type) {
  return words(type.names != nullptr ? type.names : module.members);
}

// What the tool would say of one class.
hr::wire::TypeMigration difference(const WorldModule& before, const WorldModule& after,
                                   const char* type) {
  const hr_type& old = *before.table(type);
  const hr_type& now = *after.table(type);
  hr::wire::TypeMigration migration;
  migration.type = type;
  migration.old_size = old.size;
  migration.new_size = now.size;
  const auto old_names = names_of(before, old), new_names = names_of(after, now);
  const auto old_members = members_of(old), new_members = members_of(now);
  REQUIRE(old_names.size() == old_members.size());
  REQUIRE(new_names.size() == new_members.size());
  for (std::size_t i = 0; i < old_names.size(); ++i)
    migration.old_members.push_back(
        {old_members[i].offset, old_members[i].type->size, old_names[i], ""});
  for (std::size_t i = 0; i < new_names.size(); ++i) {
    const auto was = std::find(old_names.begin(), old_names.end(), new_names[i]);
    if (was == old_names.end()) {
      migration.defaulted.push_back(new_names[i]);
      continue;
    }
    hr::wire::MemberMove move;
    move.from = old_members[static_cast<std::size_t>(was - old_names.begin())].offset;
    move.to = new_members[i].offset;
    move.name = new_names[i];
    migration.members.push_back(move);
  }
  return migration;
}

// An object that is migrated between the two builds.
struct Game {
  WorldModule builds[2] = {open(1), open(2)};
  std::size_t room = 0;
  void* world = hr::runtime::reserve_room(builds[0].table("World")->size, room);
  int current = 0;

  Game() {
    const hr_type* type = builds[0].table("World");
    type->construct(type, world);
    builds[0].fill(world);
    REQUIRE(builds[0].first_wrong(world) == 0);
  }

  ~Game() {
    const hr_type* type = builds[current].table("World");
    type->destroy(type, world);
    CHECK(builds[0].buffers() == 0);
    CHECK(builds[1].buffers() == 0);
  }

  hr::wire::Result<std::vector<std::string>> migrate(int to) {
    std::vector<hr::wire::TypeMigration> migrations;
    for (const char* type : {"World", "Enemy", "Buffer"})
      migrations.push_back(difference(builds[current], builds[to], type));
    hr::runtime::TypeChanges changes;
    for (const auto& migration : migrations) {
      const hr_type* table = builds[to].table(migration.type.c_str());
      changes.tables.emplace(table->name, table);
      changes.migrations.emplace(table, &migration);
    }
    auto begun =
        Migration::begin({{"state world", world, builds[current].table("World"), room}}, changes);
    if (!begun)
      return begun.failure();
    begun.value()->carry_out();
    current = to;
    return begun.value()->report();
  }
};

bool contains(const std::vector<std::string>& lines, const std::string& part) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("every kind of container keeps its objects when their class changes, forth and back") {
  Game game;
  for (int round = 0; round < 3; ++round) {
    const auto forth = game.migrate(1);
    REQUIRE(forth.ok());
    CHECK(game.builds[1].first_wrong(game.world) == 0);
    const auto back = game.migrate(0);
    REQUIRE(back.ok());
    CHECK(game.builds[0].first_wrong(game.world) == 0);
  }
}

TEST_CASE("the report counts objects and names what is new, dropped and not to be kept") {
  Game game;
  const auto report = game.migrate(1);
  REQUIRE(report.ok());
  CHECK(contains(report.value(), "state world: 4 Buffer, 20 Enemy, 1 World migrated"));
  CHECK(contains(report.value(), "Enemy: armour new"));
  CHECK(contains(report.value(), "World: level new"));
}

TEST_CASE("a program's own migration sees the old object and has the last word") {
  Game game;
  REQUIRE(game.migrate(1).ok());
  CHECK(game.builds[1].armour_of(game.world, 2) == 5);
  CHECK(game.builds[1].armour_of(game.world, 3) == 3009);
}

TEST_CASE("a constructor that throws before anything moved leaves all as it was") {
  Game game;
  for (int at = 1; at <= 5; ++at) {
    game.builds[1].throw_at(at);
    const auto refused = game.migrate(1);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.failure().what == "the constructor of World threw an exception");
    CHECK_FALSE(refused.failure().fix.empty());
    CHECK(game.builds[0].first_wrong(game.world) == 0);
    CHECK(game.builds[1].buffers() == 0);
  }
}

TEST_CASE("a constructor that throws later costs no more than its object") {
  Game game;
  game.builds[1].throw_at(12);
  const auto report = game.migrate(1);
  REQUIRE(report.ok());
  CHECK(contains(report.value(), "could not be kept"));
  game.builds[1].throw_at(-1);
}

TEST_CASE("a class that changed and that nobody explains is refused") {
  Game game;
  hr::runtime::TypeChanges changes;
  const hr_type* table = game.builds[1].table("World");
  changes.tables.emplace(table->name, table);
  const auto refused = Migration::begin(
      {{"state world", game.world, game.builds[0].table("World"), game.room}}, changes);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure().what == "class World changed");
  CHECK(refused.failure().why.find("which members stayed") != std::string::npos);
  CHECK(game.builds[0].first_wrong(game.world) == 0);
}

TEST_CASE("an object without room to grow is refused") {
  Game game;
  game.room = game.builds[0].table("World")->size;
  const auto refused = game.migrate(1);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure().what == "state world has no room to grow");
  CHECK(game.builds[0].first_wrong(game.world) == 0);
}
