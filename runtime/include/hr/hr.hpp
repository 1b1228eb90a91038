// hr.h for C++17: the same functions in a namespace, callbacks that are callable objects, and state
// of any type. See hr.h and state.h for errors, threads and costs.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "hr/explicit.hpp"
#include "hr/hr.h"
#ifdef HRWATCH_HOT
#include "hr/type_of.hpp"
#else
#include "hr/static_state.hpp"
#endif

// In a class with private members, bases or constructors: `HR_MEMBERS(World, score, enemies);`
// names the members that its state consists of, those of its bases too, so that they keep their
// values when the class changes. Aggregates need nothing.
//
// HR_MEMBERS(World, ...) copied into another class would make that one's objects Worlds.
#define HR_DETAIL_STANDS_IN(T)                                                                \
  void hr_stands_in() const {                                                                 \
    static_assert(                                                                            \
        std::is_same_v<std::remove_cv_t<std::remove_reference_t<decltype(*this)>>, T>,        \
        "HR_MEMBERS() and HR_LIVE() take the class that they stand in first: write its name " \
        "there");                                                                             \
  }
#ifdef HRWATCH_HOT
#define HR_MEMBERS(T, ...)                                      \
  HR_DETAIL_STANDS_IN(T)                                        \
  friend struct ::hr::detail::Access;                           \
  static constexpr const char* hr_names(::hr::detail::Tag<T>) { \
    return #__VA_ARGS__;                                        \
  }                                                             \
  template <class HrVisit>                                      \
  void hr_open(HrVisit& hr_visit) {                             \
    hr_visit(__VA_ARGS__);                                      \
  }                                                             \
  static_assert(true, "")

// One line in a class with virtual functions: every object of it is registered, so that it can be
// changed in place, at its address, when the class gets or loses virtual functions or members.
//   struct Enemy : Entity { HR_LIVE(Enemy, x, y, hp); ... };
// Name the members whose values are to be kept when the layout changes, those of bases too; without
// names only changes of virtual functions are taken in. Objects made by `new` have room to grow; on
// the stack or inside other objects they don't. Each class of a hierarchy needs a line of its own.
// A changed layout needs a default constructor and a move or copy constructor.
#define HR_LIVE(...) HR_DETAIL_LIVE(__VA_ARGS__, hr_live_)
#define HR_DETAIL_LIVE(T, ...)                                                    \
  HR_MEMBERS(T, __VA_ARGS__);                                                     \
  ::hr::detail::Live<T> hr_live_;                                                 \
  _Pragma("GCC diagnostic push")                                                  \
      _Pragma("GCC diagnostic ignored \"-Winvalid-offsetof\"") static std::size_t \
      hr_live_offset(::hr::detail::Tag<T>) {                                      \
    return offsetof(T, hr_live_);                                                 \
  }                                                                               \
  _Pragma("GCC diagnostic pop")                                                   \
                                                                                  \
      public : static void*                                                       \
               operator new(std::size_t size) {                                   \
    return ::hr::detail::live_memory(size, alignof(T));                           \
  }                                                                               \
  static void* operator new(std::size_t, void* at) noexcept {                     \
    return at;                                                                    \
  }                                                                               \
  static void operator delete(void* memory) noexcept {                            \
    hr_live_delete(memory);                                                       \
  }                                                                               \
  static void operator delete(void*, void*) noexcept {}                           \
  static_assert(true, "")
#else
#define HR_MEMBERS(T, ...) \
  HR_DETAIL_STANDS_IN(T)   \
  static_assert(true, "")
#define HR_LIVE(...) HR_DETAIL_LIVE(__VA_ARGS__, hr_live_)
#define HR_DETAIL_LIVE(T, ...) \
  HR_DETAIL_STANDS_IN(T)       \
 public:                       \
  static_assert(true, "")
#endif

namespace hr {

inline int poll() noexcept {
  return hr_poll();
}

inline bool enabled() noexcept {
  return hr_enabled() != 0;
}

inline int generation(const char* module) noexcept {
  return hr_generation(module);
}

inline int args(int argc, char** argv) noexcept {
  return hr_args(argc, argv);
}

// if (!hr::guard([&] { frame(); })) ...
// Calls `frame()` inside hr_guard(). False: it was abandoned, or waits for new code.
template <class Callable>
bool guard(Callable&& frame) {
  static_assert(std::is_invocable_v<Callable&>,
                "hr::guard() takes what runs a frame, called without arguments: "
                "hr::guard([&] { frame(renderer); })");
  using Object = std::remove_reference_t<Callable>;
  const auto call = [](void* object) {
    (*static_cast<Object*>(object))();
  };
  return hr_guard(call, const_cast<void*>(static_cast<const void*>(std::addressof(frame)))) != 0;
}

inline void guard_policy(hr_guard_policy_kind policy) noexcept {
  hr_guard_policy(policy);
}

// Calls `callback(const hr_event&)` for every event until the object is destroyed.
template <class Callback>
class EventListener {
 public:
  explicit EventListener(Callback callback)
      : callback_(std::make_unique<Callback>(std::move(callback))) {
    hr_on_event(&EventListener::call, callback_.get());
  }

  ~EventListener() {
    if (callback_)
      hr_off_event(&EventListener::call, callback_.get());
  }

  EventListener(EventListener&&) noexcept = default;
  EventListener& operator=(EventListener&&) = delete;

 private:
  static void call(const hr_event* event, void* user) { (*static_cast<Callback*>(user))(*event); }

  std::unique_ptr<Callback> callback_;
};

// auto listener = hr::on_event([&](const hr_event& event) { ... });
template <class Callback>
[[nodiscard]] EventListener<Callback> on_event(Callback callback) {
  static_assert(std::is_invocable_v<Callback&, const hr_event&>,
                "hr::on_event() takes what can be called with an event: "
                "hr::on_event([&](const hr_event& event) { ... })");
  return EventListener<Callback>(std::move(callback));
}

#ifdef HRWATCH_HOT
// The object `name` of type T: value-initialised at the first call, the same one for every
// generation and module from then on, at the same address as long as the program runs. When T
// changes its layout, members that still exist keep their values; new ones get the value they have
// in a T().
//   World& world = hr::state<World>("world");
// In static mode a static object. Errors: what T's constructor throws; std::bad_alloc.
template <class T>
T& state(const char* name) {
  static_assert(std::is_same_v<T, std::remove_cv_t<std::remove_reference_t<T>>>,
                "hr::state<T> gives a reference to its object: name the plain type, without const "
                "and &: `const World& world = hr::state<World>(\"world\");`");
  static_assert(std::is_default_constructible_v<T>,
                "hr::state<T> makes its object by T(): give T a default constructor");
  void* object = hr_state(name, &detail::type_of<T>);
  if (object == nullptr)
    throw std::bad_alloc();
  return *static_cast<T*>(object);
}
#endif

}  // namespace hr
