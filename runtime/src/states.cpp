#include "src/states.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "src/carry_over.h"

namespace hr::runtime {

States& States::get() {
  static States& states = *new States;
  return states;
}

// The type's name is part of the key: two files may each have a "world" of their own. The size is
// not: while a reload goes live, new code may ask before the object has changed.
State* States::find(const char* name, const hr_type& type) {
  const auto found = std::find_if(states_.begin(), states_.end(), [&](const State& state) {
    return state.name == name && std::strcmp(state.type->name, type.name) == 0;
  });
  return found != states_.end() ? &*found : nullptr;
}

void* States::find_or_make(const char* name, const hr_type& type) {
  const std::lock_guard lock(mutex_);
  State* state = find(name, type);
  if (state == nullptr) {
    states_.push_back({name, &type, nullptr, 0, false, {}});
    state = &states_.back();
    state->object = reserve_room(type.size, state->room);
  }
  // A library opened by path may have a larger T, and nobody migrates.
  if (state->object == nullptr || type.size > state->room)
    throw std::bad_alloc();
  if (!state->made) {
    state->type = &type;
    if (type.construct != nullptr)
      type.construct(&type, state->object);
    state->made = true;
    CarryOver::get().fill(state->name, type, state->object);
  }
  if (std::find(state->users.begin(), state->users.end(), &type) == state->users.end())
    state->users.push_back(&type);
  return state->object;
}

}  // namespace hr::runtime
