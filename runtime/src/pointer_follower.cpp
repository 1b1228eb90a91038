// The part of ObjectMover that lets pointers follow the objects they point to.
#include <algorithm>
#include <cstring>

#include "src/object_mover.h"

namespace hr::runtime {
namespace {

struct Follower {
  ObjectMover* mover;
  const hr_type* type;
};

}  // namespace

bool ObjectMover::find(std::uintptr_t old_address, std::uintptr_t& now) {
  if (!sorted_) {
    std::sort(ranges_.begin(), ranges_.end(),
              [](const MovedRange& a, const MovedRange& b) { return a.begin < b.begin; });
    sorted_ = true;
  }
  auto range =
      std::upper_bound(ranges_.begin(), ranges_.end(), old_address,
                       [](std::uintptr_t value, const MovedRange& r) { return value < r.begin; });
  if (range == ranges_.begin() || old_address >= (--range)->end)
    return false;
  const std::size_t index = (old_address - range->begin) / range->stride;
  std::size_t offset = (old_address - range->begin) % range->stride;
  now = 0;
  if (range->plan == nullptr || new_offset(*range->plan, offset, offset))
    now = range->new_begin + index * range->new_stride + offset;
  return true;
}

void ObjectMover::follow_pointer(void** pointer) {
  std::uintptr_t now = 0;
  if (*pointer == nullptr || !find(reinterpret_cast<std::uintptr_t>(*pointer), now))
    return;
  if (now == 0)
    ++count_.lost["a pointer to a member that is gone"];
  *pointer = reinterpret_cast<void*>(now);
}

void ObjectMover::follow_collected() {
  for (void** pointer : pointers_)
    follow_pointer(pointer);
  pointers_.clear();
}

// Types may hold themselves: first all that `type` leads to, then to the fixed point.
bool ObjectMover::reaches_pointer(const hr_type& type) {
  const auto known = reaches_.find(&type);
  if (known != reaches_.end())
    return known->second;
  std::vector<const hr_type*> open{&type};
  const auto lead_to = [&](const hr_type* part) {
    if (part != nullptr && !reaches_.contains(part))
      open.push_back(part);
  };
  for (std::size_t i = 0; i < open.size(); ++i) {
    const hr_type& next = *open[i];
    if (!reaches_.try_emplace(&next, next.kind == HR_KIND_POINTER).second)
      continue;
    lead_to(next.element);
    lead_to(next.value);
    std::vector<MemberPlace>& members = members_[&next] = members_of(next);
    for (const MemberPlace& member : members)
      lead_to(member.type);
  }
  const auto reaches = [&](const hr_type* part) {
    return part != nullptr && reaches_.at(part);
  };
  for (bool again = true; again;) {
    again = false;
    for (const hr_type* next : open) {
      const std::vector<MemberPlace>& members = members_.at(next);
      if (!reaches_.at(next) &&
          (reaches(next->element) || reaches(next->value) ||
           std::any_of(members.begin(), members.end(),
                       [&](const MemberPlace& member) { return reaches(member.type); })))
        reaches_[next] = again = true;
    }
  }
  for (const hr_type* next : open) {
    std::erase_if(members_.at(next),
                  [&](const MemberPlace& member) { return !reaches(member.type); });
  }
  return reaches_.at(&type);
}

void ObjectMover::follow(const hr_type& type, void* object) {
  if (type.kind == HR_KIND_POINTER) {
    follow_pointer(static_cast<void**>(object));
    return;
  }
  if (ranges_.empty() || !reaches_pointer(type))
    return;
  char* bytes = static_cast<char*>(object);
  if (type.kind == HR_KIND_ARRAY) {
    for (std::size_t i = 0; i < type.count; ++i)
      follow(*type.element, bytes + i * type.element->size);
  } else if (type.members != nullptr) {
    for (const MemberPlace& member : members_.at(&type))
      follow(*member.type, bytes + member.offset);
  } else if (type.each != nullptr) {
    if (type.kind == HR_KIND_ASSOCIATIVE && reaches_pointer(*type.element))
      follow_keys(type, object);
    Follower follower{this, &type};
    type.each(
        &type, object,
        [](void* user, void* element, void* value) {
          const auto& [mover, of] = *static_cast<Follower*>(user);
          if (of->kind == HR_KIND_SHARED && !mover->followed_.insert(element).second)
            return;
          if (of->kind != HR_KIND_ASSOCIATIVE)
            mover->follow(*of->element, element);
          if (value != nullptr && of->value != nullptr)
            mover->follow(*of->value, value);
        },
        &follower);
  }
}

// Keys decide where an entry stands: entries whose key changes go through a container of its own.
void ObjectMover::follow_keys(const hr_type& type, void* object) {
  if (type.insert == nullptr || type.construct == nullptr || type.move == nullptr)
    return;
  std::vector<std::pair<void*, void*>> entries;
  type.each(
      &type, object,
      [](void* user, void* key, void* value) {
        static_cast<std::vector<std::pair<void*, void*>>*>(user)->emplace_back(key, value);
      },
      &entries);
  Aside made(type);
  made.construct();
  for (const auto& [key, value] : entries) {
    follow(*type.element, key);
    void* placed = nullptr;
    type.insert(&type, made.get(), key, value, &placed);
    if (placed != nullptr && type.value != nullptr)
      moved(nullptr, value, placed, type.value->size);
  }
  type.destroy(&type, object);
  type.move(&type, object, made.get());
}

}  // namespace hr::runtime
