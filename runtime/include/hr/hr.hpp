// hr.h for C++17: the same functions in a namespace, and callbacks that are callable objects. No
// logic of its own; see hr.h for errors, threads and costs.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "hr/hr.h"

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
  return EventListener<Callback>(std::move(callback));
}

}  // namespace hr
