// Random classes, random edits of them, random values: forth and back through the migration, and
// compared with what the names say must come out. Deterministic: a failing case is the same in
// every run.
#include <random>

#include "migration/schema.h"
#include "src/migration.h"
#include "support/catch.h"

using namespace schema;
using hr::runtime::Aside;
using hr::runtime::Migration;

namespace {

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t end) { return random_() % end; }

  bool one_in(std::size_t n) { return below(n) == 0; }

  std::int64_t number() {
    static constexpr std::int64_t some[] = {0,   1,    -1,    100,   127,
                                            200, -129, 40000, 70000, 3000000000};
    return one_in(2) ? some[below(std::size(some))] : static_cast<std::int64_t>(below(1000));
  }

 private:
  std::mt19937 random_;
};

Type number_type(Dice& dice) {
  static constexpr std::size_t sizes[] = {1, 2, 4, 8};
  switch (dice.below(6)) {
    case 0:
      return {Kind::floating, true, 8, 0, "", {}};
    case 1:
      return {Kind::boolean, false, 1, 0, "", {}};
    default:
      return {Kind::integer, dice.one_in(2), sizes[dice.below(4)], 0, "", {}};
  }
}

Type random_type(Dice& dice, std::size_t records, int depth) {
  const std::size_t kind = dice.below(depth > 0 ? 12 : 5);
  if (kind < 3)
    return number_type(dice);
  if (kind == 3)
    return {Kind::text, true, 0, 0, "", {}};
  if (kind == 4)
    return records == 0
               ? number_type(dice)
               : Type{Kind::record, true, 0, 0, "R" + std::to_string(dice.below(records)), {}};
  Type type;
  type.parts = {random_type(dice, records, depth - 1)};
  static constexpr Kind kinds[] = {Kind::array, Kind::vector, Kind::list, Kind::map, Kind::owner};
  type.kind = kinds[dice.below(5)];
  type.count = type.kind == Kind::array ? 1 + dice.below(4) : 0;
  if (type.kind == Kind::map)
    type.parts.insert(type.parts.begin(), dice.one_in(2) ? Type{Kind::text, true, 0, 0, "", {}}
                                                         : Type{Kind::integer, true, 4, 0, "", {}});
  return type;
}

Schema random_schema(Dice& dice) {
  Schema schema;
  const std::size_t records = 1 + dice.below(4);
  for (std::size_t r = 0; r < records; ++r) {
    Record record{"R" + std::to_string(r), {}};
    const std::size_t members = dice.below(7);
    for (std::size_t m = 0; m < members; ++m)
      record.members.push_back({"m" + std::to_string(m), random_type(dice, r, 2), 0});
    schema.records.push_back(record);
  }
  return schema;
}

void edit(Dice& dice, Schema& schema) {
  const std::size_t which = dice.below(schema.records.size());
  std::vector<Member>& members = schema.records[which].members;
  const std::size_t at = members.empty() ? 0 : dice.below(members.size());
  switch (members.empty() ? 0 : dice.below(6)) {
    case 0:
      members.insert(members.begin() + static_cast<std::ptrdiff_t>(at),
                     {"n" + std::to_string(dice.below(100000)), random_type(dice, which, 2),
                      static_cast<int>(dice.below(2))});
      break;
    case 1:
      members.erase(members.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 2:
      std::swap(members[at], members[dice.below(members.size())]);
      break;
    case 3:
      members[at].type = random_type(dice, which, 2);
      break;
    case 4:
      if (members[at].type.kind <= Kind::boolean)
        members[at].type = number_type(dice);
      break;
    default:
      if (members[at].type.kind == Kind::array)
        members[at].type.count = 1 + dice.below(5);
      else if (members[at].type.kind == Kind::vector)
        members[at].type.kind = Kind::list;
      break;
  }
}

Value random_value(Dice& dice, const Schema& schema, const Type& type) {
  Value value;
  switch (type.kind) {
    case Kind::boolean:
      value.number = static_cast<std::int64_t>(dice.below(2));
      break;
    case Kind::floating:
      value.number = dice.number();
      break;
    case Kind::integer: {
      value.number = dice.number();
      const auto bits = static_cast<unsigned>(8 * type.size);
      if (!type.is_signed && value.number < 0)
        value.number = -value.number;
      if (bits < 64)
        value.number %= std::int64_t{1} << (bits - 1);
      break;
    }
    case Kind::text:
      value.text = std::string(dice.below(40), static_cast<char>('a' + dice.below(26)));
      break;
    case Kind::record:
      for (const Member& member : schema.find(type.record).members)
        value.members[member.name] = random_value(dice, schema, member.type);
      break;
    case Kind::map:
      for (std::size_t i = dice.below(4); i > 0; --i) {
        Value key;  // distinct, and in the order a map has them in
        if (type.parts[0].kind == Kind::text)
          key.text = std::string(20, static_cast<char>('z' - i));
        else
          key.number = 10 - static_cast<std::int64_t>(i);
        value.items.emplace_back(key, random_value(dice, schema, type.parts[1]));
      }
      break;
    default: {
      const std::size_t count = type.kind == Kind::array   ? type.count
                                : type.kind == Kind::owner ? dice.below(2)
                                                           : dice.below(4);
      for (std::size_t i = 0; i < count; ++i)
        value.items.emplace_back(Value{}, random_value(dice, schema, type.parts[0]));
    }
  }
  return value;
}

void migrate(Tables& before, Tables& after, void* place) {
  const auto migrations = difference(before, after);
  hr::runtime::TypeChanges changes;
  for (const Record& record : after.schema().records) {
    const hr_type& table = after.of({Kind::record, true, 0, 0, record.name, {}});
    changes.tables.emplace(table.name, &table);
    for (const auto& migration : migrations) {
      if (migration.type == record.name)
        changes.migrations[&table] = &migration;
    }
  }
  auto migration =
      Migration::begin({{"state", place, &before.root(), std::size_t{1} << 16}}, changes);
  INFO((migration ? "" : migration.failure().why));
  REQUIRE(migration.ok());
  migration.value()->carry_out();
}

}  // namespace

TEST_CASE("random classes keep what their names say through random edits, forth and back") {
  const auto memory = std::make_unique<std::uint64_t[]>(8192);
  std::size_t changed = 0;
  for (unsigned seed = 0; seed < 10000; ++seed) {
    INFO("seed " << seed);
    Dice dice(seed);
    const Schema old_schema = random_schema(dice);
    Schema new_schema = old_schema;
    for (std::size_t edits = 1 + dice.below(4); edits > 0; --edits)
      edit(dice, new_schema);
    const Type root{Kind::record, true, 0, 0, old_schema.records.back().name, {}};
    Tables before(old_schema), after(new_schema), again(old_schema);
    const hr_type& table = before.root();
    REQUIRE(std::max(table.size, after.root().size) < 8 * 8192);

    const Value value = random_value(dice, old_schema, root);
    table.construct(&table, memory.get());
    before.write(root, memory.get(), value);
    REQUIRE(dump(before.read(root, memory.get())) == dump(value));

    const Value wanted = expected(before, after, root, root, value, after.initial(root));
    migrate(before, after, memory.get());
    // Without a difference the object is still one of the old table, which is the same then.
    const std::string now = dump(after.read(root, memory.get()));
    REQUIRE(now == dump(wanted));
    changed += now != dump(value) ? 1 : 0;

    const Value back = expected(after, again, root, root, wanted, again.initial(root));
    migrate(after, again, memory.get());
    REQUIRE(dump(again.read(root, memory.get())) == dump(back));
    again.root().destroy(&again.root(), memory.get());
    REQUIRE(alive == 0);
  }
  CHECK(changed > 3000);
}
