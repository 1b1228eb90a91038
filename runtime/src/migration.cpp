#include "src/migration.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <set>

namespace hr::runtime {
namespace {

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string text;
  for (const std::string& word : words)
    text += (text.empty() ? "" : between) + word;
  return text;
}

wire::Result<wire::Done> construct(Aside& aside, const PlacedObject& object, const hr_type& type) {
  std::string why;
  try {
    aside.construct();
    return wire::Done{};
  } catch (const std::exception& error) {
    why = error.what();
  } catch (...) {
    why = "it threw something that is no std::exception";
  }
  return wire::Failure{"the constructor of " + std::string(type.name) + " threw an exception",
                       object.name + " was to become such an object: " + why,
                       "make the constructor succeed and save again, or restart the program"};
}

}  // namespace

wire::Result<std::unique_ptr<Migration>> Migration::begin(std::vector<PlacedObject> objects,
                                                          const TypeChanges& changes) {
  std::unique_ptr<Migration> migration(new Migration(changes));
  migration->objects_ = std::move(objects);
  for (std::size_t i = 0; i < migration->objects_.size(); ++i) {
    if (auto added = migration->add(i); !added)
      return added.failure();
  }
  return migration;
}

wire::Result<const hr_type*> Migration::new_table(const hr_type& old) const {
  const auto [begin, end] = changes_->tables.equal_range(old.name);
  const hr_type* only = nullptr;
  for (auto table = begin; table != end; ++table) {
    const hr_type* candidate = table->second;
    if (only == nullptr) {
      only = candidate;
    } else if (only->size != candidate->size || changes_->migrations.contains(only) ||
               changes_->migrations.contains(candidate)) {
      return wire::Failure{"two classes are named " + std::string(old.name),
                           "one of them is the type of state, and one of them changed",
                           "rename one of them, and restart the program"};
    }
  }
  return only;
}

wire::Result<wire::Done> Migration::add(std::size_t index) {
  const PlacedObject& object = objects_[index];
  if (object.role == PlacedObject::Role::reader)
    return wire::Done{};
  const auto table = new_table(*object.type);
  if (!table)
    return table.failure();
  if (table.value() == nullptr || table.value() == object.type)
    return wire::Done{};  // the new build does not use it
  const hr_type& type = *table.value();
  const auto plan = planner_.plan(*object.type, type);
  if (!plan)
    return plan.failure();
  if (!plan.value()->changed)
    return wire::Done{};
  // On the stack, in a container or in another object: whoever holds it counts on its size.
  if (object.role == PlacedObject::Role::live && object.room == object.type->size &&
      type.size < object.room)
    return wire::Failure{"an object of " + std::string(type.name) + " can't shrink where it is",
                         "it was not made by new: something else counts on its " +
                             std::to_string(object.room) + " bytes",
                         "make such objects by new, or restart the program"};
  if (type.size > object.room)
    return wire::Failure{object.name + " has no room to grow",
                         std::string(type.name) + " takes " + std::to_string(type.size) +
                             " bytes now, and there are " + std::to_string(object.room) +
                             " where the object is",
                         object.role == PlacedObject::Role::live
                             ? "make such objects by new, which HR_LIVE gives room to grow, or "
                               "restart the program"
                             : "restart the program"};
  if (type.construct == nullptr && (type.flags & HR_TYPE_TRIVIAL) == 0)
    return wire::Failure{std::string(type.name) + " has no default constructor",
                         object.name + " changed its layout and has to be made anew",
                         "give the class a default constructor and save again"};
  Change change{index, plan.value(), Aside(type)};
  if (auto made = construct(change.aside, object, type); !made)
    return made;
  asides_.push_back(std::move(change));
  return wire::Done{};
}

std::vector<std::size_t> Migration::changed() const {
  std::vector<std::size_t> indices;
  for (const Change& change : asides_)
    indices.push_back(change.object);
  return indices;
}

void Migration::leave_out(std::size_t index) {
  std::erase_if(asides_, [&](const Change& change) { return change.object == index; });
  objects_[index].object = nullptr;
}

const hr_type* Migration::type_of(std::size_t index) const {
  for (const Change& change : asides_) {
    if (change.object == index)
      return change.plan->to;
  }
  return objects_[index].type;
}

void Migration::carry_out() {
  for (Change& change : asides_) {
    void* place = objects_[change.object].object;
    mover_.moved(change.plan, place, place, change.plan->from->size);
    mover_.moved(nullptr, change.aside.get(), place, change.plan->to->size);
    mover_.move(*change.plan, change.aside.get(), place);
  }
  std::set<std::size_t> done;
  for (Change& change : asides_) {
    mover_.follow(*change.plan->to, change.aside.get());
    done.insert(change.object);
  }
  mover_.follow_collected();
  for (std::size_t i = 0; i < objects_.size() && !asides_.empty(); ++i) {
    if (!done.contains(i) && objects_[i].object != nullptr)
      mover_.follow(*objects_[i].type, objects_[i].object);
  }
  for (Change& change : asides_)
    put_in_place(change);
  mover_.finish();
}

void Migration::put_in_place(Change& change) {
  void* place = objects_[change.object].object;
  void* made = change.aside.get();
  const hr_type& type = *change.plan->to;
  mover_.give_up(*change.plan, place);
  if (change.plan->from->destroy != nullptr)
    change.plan->from->destroy(change.plan->from, place);
  if ((type.flags & HR_TYPE_TRIVIAL) != 0) {
    std::memcpy(place, made, type.size);
    change.aside.forget();
    return;
  }
  try {
    if (type.move != nullptr) {
      type.move(&type, place, made);
      change.aside.destroy();
      return;
    }
    type.construct(&type, place);
    for (const MemberPlace& member : members_of(type)) {
      void* to = static_cast<char*>(place) + member.offset;
      void* from = static_cast<char*>(made) + member.offset;
      if (member.type->move == nullptr)
        continue;  // a mutex: made anew
      member.type->destroy(member.type, to);
      member.type->move(member.type, to, from);
    }
    change.aside.destroy();
  } catch (...) {  // of a move or a constructor that worked a moment ago
    std::memcpy(place, made, type.size);
    change.aside.forget();
  }
}

std::vector<std::string> Migration::report() const {
  std::vector<std::string> lines;
  if (asides_.empty())
    return lines;
  const MigrationCount count = mover_.count();
  // A live object has no name but its class, which is counted below.
  std::vector<std::string> names;
  for (const Change& change : asides_)
    if (const std::string& name = objects_[change.object].name; !count.migrated.contains(name))
      names.push_back(name);
  if (names.size() > 3)
    names = {std::to_string(names.size()) + " objects"};
  std::vector<std::string> counts;
  for (const auto& [type, objects] : count.migrated)
    counts.push_back(std::to_string(objects) + " " + type);
  lines.push_back(joined(names, ", ") + (names.empty() ? "" : ": ") + joined(counts, ", ") +
                  (counts.empty() ? "" : " ") + "migrated");
  for (const auto& [table, migration] : changes_->migrations) {
    if (!count.migrated.contains(table->name))
      continue;
    std::vector<std::string> parts;
    if (!migration->defaulted.empty())
      parts.push_back(joined(migration->defaulted, ", ") + " new");
    if (!migration->dropped.empty())
      parts.push_back(joined(migration->dropped, ", ") + " dropped");
    if (!parts.empty())
      lines.push_back(migration->type + ": " + joined(parts, ", "));
  }
  for (const auto& [what, values] : count.lost)
    lines.push_back(what + ": " + std::to_string(values) + " could not be kept");
  return lines;
}

}  // namespace hr::runtime
