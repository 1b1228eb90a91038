// A value or the reason why there is none. Knows nothing of who failed or who will read it.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace hr::wire {

// What went wrong, why, and how to mend it: every failure a user may meet has all three.
struct Failure {
  std::string what;
  std::string why;
  std::string fix;

  friend bool operator==(const Failure&, const Failure&) = default;
};

// Either a T or a Failure. `value()` may be called only when `ok()`, `failure()` only when not.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}

  Result(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}

  bool ok() const { return state_.index() == 0; }

  explicit operator bool() const { return ok(); }

  T& value() & { return *std::get_if<0>(&state_); }

  const T& value() const& { return *std::get_if<0>(&state_); }

  T&& value() && { return std::move(*std::get_if<0>(&state_)); }

  Failure& failure() & { return *std::get_if<1>(&state_); }

  const Failure& failure() const& { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Failure> state_;
};

struct Done {};

}  // namespace hr::wire
