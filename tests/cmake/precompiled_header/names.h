#pragma once

inline std::string name(int i) {
  return "name" + std::to_string(i);
}
