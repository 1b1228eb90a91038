#include "src/live_objects.h"

#include <algorithm>
#include <new>

namespace hr::runtime {
namespace {

constexpr std::size_t least_spare = 64;

char* end_of(const LiveObject& object) {
  return static_cast<char*>(object.object) + object.type->size;
}

}  // namespace

LiveObjects& LiveObjects::get() {
  static LiveObjects& objects = *new LiveObjects;
  return objects;
}

void LiveObjects::add(const void* key, void* object, const hr_type& type) {
  const std::lock_guard lock(mutex_);
  objects_[key] = {object, &type};
}

void LiveObjects::remove(const void* key) {
  const std::lock_guard lock(mutex_);
  objects_.erase(key);
}

void* LiveObjects::allocate(std::size_t size, std::size_t align) {
  align = std::max<std::size_t>(align, alignof(std::max_align_t));
  const std::size_t room = (size + std::max(size, least_spare) + align - 1) / align * align;
  void* memory = ::operator new(room, std::align_val_t(align), std::nothrow);
  if (memory == nullptr)
    return nullptr;
  const std::lock_guard lock(mutex_);
  blocks_[memory] = {room, align};
  return memory;
}

void LiveObjects::release(void* memory) {
  if (memory == nullptr)
    return;
  std::size_t align = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto block = blocks_.find(memory);
    if (block == blocks_.end())
      return;  // not ours: better lost than freed twice
    align = block->second.align;
    blocks_.erase(block);
  }
  ::operator delete(memory, std::align_val_t(align));
}

std::vector<LiveObject> LiveObjects::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<LiveObject> list;
  list.reserve(objects_.size());
  for (const auto& [key, entry] : objects_) {
    const auto block = blocks_.find(entry.object);
    list.push_back({key, entry.object, entry.type,
                    block != blocks_.end() ? block->second.room : entry.type->size});
  }
  std::sort(list.begin(), list.end(), [](const LiveObject& a, const LiveObject& b) {
    return a.object != b.object ? a.object < b.object : a.type->size > b.type->size;
  });
  return list;
}

std::vector<LiveObject> LiveObjects::outermost() const {
  std::vector<LiveObject> list;
  for (const LiveObject& object : all()) {
    if (list.empty() || end_of(list.back()) <= static_cast<char*>(object.object))
      list.push_back(object);
  }
  return list;
}

bool LiveObjects::is_unchanged(const LiveObject& object) const {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(object.key);
  return found != objects_.end() && found->second.object == object.object &&
         found->second.type == object.type;
}

}  // namespace hr::runtime
