#include "src/object_mover.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "src/number_conversion.h"

namespace hr::runtime {
namespace {

using How = MovePlan::How;

bool has(const hr_type& type, hr_type_flag flag) {
  return (type.flags & flag) != 0;
}

char* at(void* object, std::size_t offset) {
  return static_cast<char*>(object) + offset;
}

std::uintptr_t number(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

// The elements of a container, values beside their keys.
std::vector<std::pair<void*, void*>> elements_of(const hr_type& type, void* container) {
  std::vector<std::pair<void*, void*>> elements;
  type.each(
      &type, container,
      [](void* user, void* element, void* value) {
        static_cast<std::vector<std::pair<void*, void*>>*>(user)->emplace_back(element, value);
      },
      &elements);
  return elements;
}

bool converts(const MovePlan& plan, const void* from) {
  std::max_align_t unused[2];
  return convert_number(from, plan.from->kind, plan.from->size, unused, plan.to->kind,
                        plan.to->size);
}

// Calls `action`; false when it threw.
template <class Action>
bool survives(Action action) {
  try {
    action();
    return true;
  } catch (...) {  // any type may come out of a program's constructor
    return false;
  }
}

}  // namespace

Aside::Aside(const hr_type& type)
    : type_(&type),
      memory_(::operator new(std::max<std::size_t>(type.size, 1),
                             std::align_val_t(std::max<std::size_t>(type.align, 1)))) {}

Aside::Aside(Aside&& other) noexcept
    : type_(other.type_),
      memory_(std::exchange(other.memory_, nullptr)),
      alive_(std::exchange(other.alive_, false)) {}

Aside::~Aside() {
  destroy();
  ::operator delete(memory_, std::align_val_t(std::max<std::size_t>(type_->align, 1)));
}

void Aside::construct() {
  if (type_->construct != nullptr)
    type_->construct(type_, memory_);
  else
    std::memset(memory_, 0, type_->size);  // a plain C struct
  alive_ = true;
}

void Aside::destroy() {
  if (std::exchange(alive_, false) && type_->destroy != nullptr)
    type_->destroy(type_, memory_);
}

void ObjectMover::lose(const MovePlan& plan, const char* member) {
  std::string what = plan.to->name;
  if (member != nullptr && *member != 0)
    what += std::string("::") + member;
  ++count_.lost[what];
}

MigrationCount ObjectMover::count() const {
  MigrationCount count = count_;
  for (const auto& [plan, objects] : migrated_)
    count.migrated[plan->to->name] += objects;
  return count;
}

void ObjectMover::moved(const MovePlan* plan, void* old_address, void* new_address,
                        std::size_t old_size) {
  const std::size_t size = std::max<std::size_t>(old_size, 1);
  ranges_.push_back(
      {number(old_address), number(old_address) + size, size, size, number(new_address), plan});
  sorted_ = false;
}

void ObjectMover::move(const MovePlan& plan, void* to, void* from) {
  switch (plan.how) {
    case How::keep:
      keep(plan, to, from);
      break;
    case How::number:
      if (!convert_number(from, plan.from->kind, plan.from->size, to, plan.to->kind, plan.to->size))
        lose(plan);
      break;
    case How::record:
      move_record(plan, static_cast<char*>(to), static_cast<char*>(from));
      break;
    case How::array:
      for (std::size_t i = 0; i < std::min(plan.from->count, plan.to->count); ++i)
        move(*plan.element, at(to, i * plan.element->to->size),
             at(from, i * plan.element->from->size));
      break;
    case How::associative:
      move_pairs(plan, to, from);
      break;
    case How::shared:
      move_shared(plan, to, from);
      break;
    case How::sequence:
    case How::owner:
    case How::optional:
      move_elements(plan, to, from);
      break;
    case How::lost:
      lose(plan);
      break;
  }
}

void ObjectMover::keep(const MovePlan& plan, void* to, void* from) {
  const hr_type& type = *plan.to;
  if (has(type, HR_TYPE_TRIVIAL)) {
    std::memcpy(to, from, type.size);
    return;
  }
  if (type.move == nullptr) {
    lose(plan);
    return;
  }
  type.destroy(&type, to);
  if (survives([&] { type.move(&type, to, from); }))
    return;
  lose(plan);
  type.construct(&type, to);
}

void ObjectMover::move_number(const MovePlan& plan, const MemberStep& step, char* to,
                              const char* from) {
  if (!convert_number(from + step.from, step.number, step.size, to + step.to, step.new_number,
                      step.new_size))
    lose(plan, step.name);
}

void ObjectMover::move_record(const MovePlan& plan, char* to, char* from) {
  for (const MemberStep& step : plan.steps) {
    if (step.plan != nullptr) {
      if (step.plan->how == How::lost)
        lose(plan, step.name);
      else
        move(*step.plan, to + step.to, from + step.from);
    } else if (step.number != 0) {
      move_number(plan, step, to, from);
    } else {
      std::memcpy(to + step.to, from + step.from, step.size);
      if (step.pointer)
        pointers_.push_back(reinterpret_cast<void**>(to + step.to));
    }
  }
  if (plan.migration == nullptr)
    return;
  ++migrated_[&plan];
  if (plan.to->migrate != nullptr) {
    const hr_old old{from, plan.migration};
    if (!survives([&] { plan.to->migrate(&old, to); }))
      lose(plan, "hr_migrate()");
  }
}

void ObjectMover::clear(const MovePlan& plan, void* to) {
  plan.to->destroy(plan.to, to);
  plan.to->construct(plan.to, to);
}

// One element on the heap, alone or side by side with others; its memory stays where it is.
void ObjectMover::move_element(const MovePlan& plan, void* to, void* from) {
  move(plan, to, from);
  give_up(plan, from);
}

void ObjectMover::move_elements(const MovePlan& plan, void* to, void* from) {
  const auto old = elements_of(*plan.from, from);
  clear(plan, to);
  if (old.empty())
    return;
  const bool side_by_side = has(*plan.to, HR_TYPE_CONTIGUOUS);
  const bool inside = plan.how == How::optional;
  char* first = nullptr;
  std::size_t made = 0;
  const bool all = survives([&] {
    if (side_by_side)
      first = static_cast<char*>(plan.to->append(plan.to, to, old.size()));
    for (; made < old.size(); ++made) {
      void* element =
          side_by_side ? first + made * plan.element->to->size : plan.to->append(plan.to, to, 1);
      move_element(*plan.element, element, old[made].first);
      if (!side_by_side && !inside)
        moved(plan.element, old[made].first, element, plan.element->from->size);
    }
  });
  if (!all)
    count_.lost[plan.to->name] += old.size() - made;
  if (!side_by_side)
    return;
  if (has(*plan.from, HR_TYPE_CONTIGUOUS)) {
    const std::size_t size = plan.element->from->size;
    ranges_.push_back({number(old[0].first), number(old[0].first) + size * made, size,
                       plan.element->to->size, number(first), plan.element});
    sorted_ = false;
    return;
  }
  for (std::size_t i = 0; i < made; ++i)
    moved(plan.element, old[i].first, first + i * plan.element->to->size, plan.element->from->size);
}

void ObjectMover::move_pairs(const MovePlan& plan, void* to, void* from) {
  const auto old = elements_of(*plan.from, from);
  clear(plan, to);
  std::unordered_set<const void*> taken;  // two old keys may be one to the new order
  for (const auto& [key, value] : old) {
    const bool done = survives([&, old_key = key, old_value = value] {
      Aside new_key(*plan.element->to);
      new_key.construct();
      if (plan.element->how == How::number && !converts(*plan.element, old_key)) {
        lose(plan);
        return;
      }
      move_element(*plan.element, new_key.get(), old_key);
      void* placed = nullptr;
      if (plan.value == nullptr) {
        void* place = plan.to->insert(plan.to, to, new_key.get(), nullptr, &placed);
        moved(plan.element, old_key, place, plan.element->from->size);
        if (!taken.insert(place).second)
          lose(plan);
        return;
      }
      // Values are moved where they stay: objects inside them may be remembered by address.
      Aside new_value(*plan.value->to);
      new_value.construct();
      void* place = plan.to->insert(plan.to, to, new_key.get(), new_value.get(), &placed);
      if (!taken.insert(place).second) {
        lose(plan);
        return;
      }
      move_element(*plan.value, placed, old_value);
      moved(plan.element, old_key, place, plan.element->from->size);
      moved(plan.value, old_value, placed, plan.value->from->size);
    });
    if (!done)
      lose(plan);
  }
}

void ObjectMover::move_shared(const MovePlan& plan, void* to, void* from) {
  const auto old = elements_of(*plan.from, from);
  clear(plan, to);
  if (old.empty())
    return;
  void* object = old[0].first;
  if (const auto known = shared_.find(object); known != shared_.end()) {
    plan.to->share(plan.to, to, known->second.get());
    return;
  }
  if (!survives([&] {
        // An owner of our own: the one in place may move on.
        Aside& owner = shared_.emplace(object, Aside(*plan.to)).first->second;
        owner.construct();
        void* made = plan.to->append(plan.to, owner.get(), 1);
        plan.to->share(plan.to, to, owner.get());
        moved(plan.element, object, made, plan.element->from->size);
        move_element(*plan.element, made, object);
      })) {
    shared_.erase(object);
    lose(plan);
  }
}

void ObjectMover::give_up(const MovePlan& plan, void* from) {
  if (!has(*plan.from, HR_TYPE_TRIVIALLY_DESTROYED))
    give_up_member(plan, from, fresh(*plan.from));
}

void ObjectMover::give_up_member(const MovePlan& plan, void* from, const void* fresh_object) {
  const hr_type& type = *plan.from;
  const auto reset = [&](std::size_t offset, std::size_t size) {
    if (fresh_object != nullptr)
      std::memcpy(at(from, offset), static_cast<const char*>(fresh_object) + offset, size);
    else
      std::memset(at(from, offset), 0, size);
  };
  const auto fresh_at = [&](std::size_t offset) -> const void* {
    return fresh_object == nullptr ? nullptr : static_cast<const char*>(fresh_object) + offset;
  };
  if (type.kind == HR_KIND_POINTER) {
    std::memset(from, 0, type.size);
  } else if (plan.how == How::array) {
    for (std::size_t i = 0; i < type.count; ++i) {
      const std::size_t offset = i * type.element->size;
      give_up_member(*plan.element, at(from, offset), fresh_at(offset));
    }
  } else if (plan.how == How::record) {
    for (std::size_t i = 0; i < plan.old_members.size(); ++i) {
      const std::size_t offset = plan.old_members[i].offset;
      if (plan.old_member_plans[i] != nullptr)
        give_up_member(*plan.old_member_plans[i], at(from, offset), fresh_at(offset));
    }
    for (const MemberStep& step : plan.steps) {
      if (!plan.old_members.empty() || step.plan != nullptr)
        continue;  // only what the tool alone knows of
      if (step.pointer)
        std::memset(at(from, step.from), 0, step.size);
      else
        reset(step.from, step.size);
    }
  } else if (has(type, HR_TYPE_TRIVIAL)) {
    reset(0, type.size);
  }
}

const void* ObjectMover::fresh(const hr_type& type) {
  const auto known = fresh_.find(&type);
  Aside& aside =
      known != fresh_.end() ? known->second : fresh_.emplace(&type, Aside(type)).first->second;
  if (known == fresh_.end() && type.construct != nullptr)
    static_cast<void>(survives([&] { aside.construct(); }));
  return aside.alive() ? aside.get() : nullptr;
}

void ObjectMover::finish() {
  fresh_.clear();
  shared_.clear();
}

const void* old_member(const hr_old& old, const char* name, std::uint64_t& size) {
  size = 0;
  if (old.migration == nullptr)
    return nullptr;
  for (const wire::OldMember& member : old.migration->old_members) {
    if (member.name == name) {
      size = member.size;
      return static_cast<const char*>(old.object) + member.offset;
    }
  }
  return nullptr;
}

}  // namespace hr::runtime
