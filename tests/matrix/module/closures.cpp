#include "closures.h"

#include <vector>

std::function<int(int)> make_scaler(int factor) {
  return [factor](int x) {
    return x * factor + 100 * VERSION;
  };
}

std::function<std::string()> make_greeting(std::string who) {
  return [who] {
    return who + " of version " + std::to_string(VERSION);
  };
}

int kept_closure(int index, int x) {
  static std::vector<std::function<int(int)>> kept;
#if VERSION == 3 || VERSION == 4
  const auto inserted = [](int) {
    return -1000;
  };
  if (kept.size() > 100)
    kept.push_back(inserted);
#endif
  const auto plus_one = [](int y) {
    return y + 1;
  };
  const auto plus_two = [](int y) {
    return y + 2;
  };
  if (kept.empty()) {
    kept.push_back(plus_one);
    kept.push_back(plus_two);
  }
  return kept[static_cast<std::size_t>(index)](x);
}

std::function<int(int)> make_weighted(int factor) {
#if VERSION >= 4
  const double weight = 2.0;
  return [factor, weight](int x) {
    return static_cast<int>(x * factor * weight);
  };
#else
  return [factor](int x) {
    return x * factor;
  };
#endif
}

static int times(int factor, int x) {
  return factor * x + VERSION;
}

std::function<int(int)> make_bound(int factor) {
  return std::bind(&times, factor, std::placeholders::_1);
}

int generic_sum() {
  const auto twice = [](auto value) {
    return value + value;
  };
  return twice(VERSION) + static_cast<int>(twice(0.5));
}

int (*captureless())(int) {
  return [](int x) {
    return x * 7 + VERSION;
  };
}
