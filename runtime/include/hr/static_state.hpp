// State in static mode: objects that live as long as the program, found by name and type. What
// hr.hpp takes instead of the runtime; knows nothing of it. C++17.
#pragma once

#include <cstring>
#include <memory>
#include <mutex>
#include <type_traits>

namespace hr {

template <class T>
struct is_opaque : std::false_type {};

template <class T>
struct is_container : std::false_type {};

class Old;  // only hot builds have objects of an old layout

namespace detail {

// The states of type T, newest first. `name` is the caller's: it must stay, as a literal does.
template <class T>
struct StaticStates {
  struct Named {
    const char* name;
    std::unique_ptr<Named> next;
    T object{};
  };

  T& find(const char* name) {
    const std::lock_guard<std::recursive_mutex> lock(mutex);
    for (Named* named = first.get(); named != nullptr; named = named->next.get()) {
      if (std::strcmp(named->name, name) == 0)
        return named->object;
    }
    std::unique_ptr<Named> made(new Named{name, nullptr});
    made->next = std::move(first);
    first = std::move(made);
    return first->object;
  }

  std::recursive_mutex mutex;
  std::unique_ptr<Named> first;
};

template <class T>
inline StaticStates<T> static_states;

}  // namespace detail

// The object `name` of type T, value-initialised at the first call and destroyed when the program
// ends. Thread: any.
template <class T>
T& state(const char* name) {
  static_assert(std::is_same_v<T, std::remove_cv_t<std::remove_reference_t<T>>>,
                "hr::state<T> gives a reference to its object: name the plain type, without const "
                "and &: `const World& world = hr::state<World>(\"world\");`");
  static_assert(std::is_default_constructible_v<T>,
                "hr::state<T> makes its object by T(): give T a default constructor");
  static_assert(
      !is_opaque<T>::value || std::is_move_constructible_v<T>,
      "hr::is_opaque says that objects of this class are moved as a whole, and they can't "
      "be moved. Give the class a move constructor, or name its members instead:\n"
      "    HR_MEMBERS(TheClass, its, members);");
  return detail::static_states<T>.find(name);
}

}  // namespace hr
