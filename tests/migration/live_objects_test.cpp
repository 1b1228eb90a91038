#include "src/live_objects.h"

#include "src/migration.h"
#include "support/catch.h"

using namespace hr::runtime;

namespace {

struct Small {
  std::uint64_t a;
};

struct Large {
  std::uint64_t a, b, c;
};

hr_type table(const char* name, std::size_t size) {
  hr_type type = {};
  type.struct_size = sizeof type;
  type.kind = HR_KIND_RECORD;
  type.flags = HR_TYPE_TRIVIAL | HR_TYPE_TRIVIALLY_DESTROYED;
  type.align = 8;
  type.size = size;
  type.name = name;
  return type;
}

hr::wire::Result<std::unique_ptr<Migration>> begin(const hr_type& from, const hr_type& to,
                                                   const hr::wire::TypeMigration& migration,
                                                   void* object, std::size_t room) {
  static TypeChanges changes;
  changes = {};
  changes.tables.emplace(to.name, &to);
  changes.migrations.emplace(&to, &migration);
  return Migration::begin({{from.name, object, &from, room, PlacedObject::Role::live}}, changes);
}

}  // namespace

TEST_CASE("an object inside another one is not counted by itself") {
  LiveObjects objects;
  const hr_type small = table("Small", sizeof(Small)), large = table("Large", sizeof(Large));
  Large outer[2] = {};
  objects.add(&outer[0].c, &outer[0], large);
  objects.add(&outer[0].a, &outer[0], small);  // its base
  objects.add(&outer[0].b, &outer[0].b, small);
  objects.add(&outer[1].a, &outer[1], small);
  CHECK(objects.all().size() == 4);
  const auto found = objects.outermost();
  REQUIRE(found.size() == 2);
  CHECK(found[0].type == &large);
  CHECK(found[1].object == &outer[1]);
  CHECK(objects.is_unchanged(found[0]));
  objects.remove(&outer[0].c);
  CHECK_FALSE(objects.is_unchanged(found[0]));
}

TEST_CASE("objects made by new have room to grow, others have not") {
  LiveObjects objects;
  const hr_type small = table("Small", sizeof(Small)), large = table("Small", sizeof(Large));
  void* made = objects.allocate(sizeof(Small), 8);
  REQUIRE(made != nullptr);
  Small local{};
  objects.add(made, made, small);
  objects.add(&local, &local, small);
  hr::wire::TypeMigration grows{"Small", 0, sizeof(Small), sizeof(Large), {}, {}, {}, {}};
  hr::wire::TypeMigration shrinks{"Small", 0, sizeof(Large), sizeof(Small), {}, {}, {}, {}};
  for (const LiveObject& object : objects.all()) {
    const auto begun = begin(small, large, grows, object.object, object.room);
    CHECK(begun.ok() == (object.object == made));
    if (!begun) {
      CHECK(begun.failure().what == "Small has no room to grow");
      CHECK(begun.failure().fix.find("by new") != std::string::npos);
    }
  }
  Large wide{};
  const auto begun = begin(large, small, shrinks, &wide, sizeof(Large));
  REQUIRE_FALSE(begun.ok());
  CHECK(begun.failure().what == "an object of Small can't shrink where it is");
  objects.release(made);
  objects.release(&local);  // not ours: nothing happens
}
