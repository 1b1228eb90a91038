// What a migration must do to values, by the names of members alone: no layout takes part.
#include <algorithm>

#include "migration/schema.h"

namespace schema {
namespace {

bool is_number(const Type& type) {
  return type.kind <= Kind::boolean;
}

bool fits(const Type& type, std::int64_t number) {
  if (type.kind == Kind::floating)
    return true;
  if (type.kind == Kind::boolean)
    return number == 0 || number == 1;
  if (type.size == 8)
    return type.is_signed || number >= 0;
  const std::int64_t range = std::int64_t{1} << (8 * type.size);
  return type.is_signed ? number >= -range / 2 && number < range / 2
                        : number >= 0 && number < range;
}

bool is_sequence(const Type& type) {
  return type.kind == Kind::vector || type.kind == Kind::list;
}

// Whether anything of an old object can be kept.
bool can_keep(const Type& old_type, const Type& new_type) {
  if (is_number(old_type) && is_number(new_type))
    return true;
  if (old_type.kind != new_type.kind && !(is_sequence(old_type) && is_sequence(new_type)))
    return false;
  if (new_type.kind == Kind::record)
    return old_type.record == new_type.record;
  if (new_type.kind == Kind::array)
    return true;
  for (std::size_t i = 0; i < new_type.parts.size(); ++i) {
    if (!can_keep(old_type.parts[i], new_type.parts[i]))
      return false;
  }
  return true;
}

}  // namespace

std::string dump(const Value& value) {
  std::string text = std::to_string(value.number) + "'" + value.text + "'";
  for (const auto& [key, item] : value.items)
    text += "[" + dump(key) + ":" + dump(item) + "]";
  for (const auto& [name, member] : value.members)
    text += " " + name + "={" + dump(member) + "}";
  return text;
}

std::vector<hr::wire::TypeMigration> difference(Tables& before, Tables& after) {
  std::vector<hr::wire::TypeMigration> list;
  for (const Record& now : after.schema().records) {
    const Record& old = before.schema().find(now.name);
    const Type type{Kind::record, true, 0, 0, now.name, {}};
    hr::wire::TypeMigration migration;
    migration.type = now.name;
    migration.old_size = before.of(type).size;
    migration.new_size = after.of(type).size;
    bool same =
        migration.old_size == migration.new_size && old.members.size() == now.members.size();
    for (const Member& member : now.members) {
      const auto was = std::find_if(old.members.begin(), old.members.end(),
                                    [&](const Member& m) { return m.name == member.name; });
      if (was == old.members.end()) {
        migration.defaulted.push_back(member.name);
        same = false;
        continue;
      }
      hr::wire::MemberMove move;
      move.from = before.offset(old, member.name);
      move.to = after.offset(now, member.name);
      move.from_size = before.of(was->type).size;
      move.to_size = after.of(member.type).size;
      move.name = member.name;
      same = same && move.from == move.to && was->type.name() == member.type.name();
      migration.members.push_back(move);
    }
    if (!same)
      list.push_back(migration);
  }
  return list;
}

Value expected(const Tables& before, const Tables& after, const Type& old_type,
               const Type& new_type, const Value& value, const Value& initial) {
  if (is_number(old_type) && is_number(new_type)) {
    Value result;
    result.number = fits(new_type, value.number) ? value.number : initial.number;
    return result;
  }
  if (!can_keep(old_type, new_type))
    return initial;
  Value result = initial;
  if (new_type.kind == Kind::text) {
    result.text = value.text;
  } else if (new_type.kind == Kind::record) {
    const Record& old = before.schema().find(old_type.record);
    for (const Member& member : after.schema().find(new_type.record).members) {
      const auto was = std::find_if(old.members.begin(), old.members.end(),
                                    [&](const Member& m) { return m.name == member.name; });
      if (was != old.members.end())
        result.members[member.name] =
            expected(before, after, was->type, member.type, value.members.at(member.name),
                     initial.members.at(member.name));
    }
  } else if (new_type.kind == Kind::array) {
    for (std::size_t i = 0; i < std::min(value.items.size(), result.items.size()); ++i)
      result.items[i].second = expected(before, after, old_type.parts[0], new_type.parts[0],
                                        value.items[i].second, initial.items[i].second);
  } else {
    const Type& old_part = old_type.parts.back();
    const Type& new_part = new_type.parts.back();
    for (const auto& [key, item] : value.items)
      result.items.emplace_back(
          key, expected(before, after, old_part, new_part, item, after.initial(new_part)));
  }
  return result;
}

}  // namespace schema
