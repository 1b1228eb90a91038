// Takes apart JSON that somebody else wrote: whatever is missing or of another type reads as empty,
// nothing throws. Knows no particular format.
#pragma once

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

namespace hrwatch::project {

// The parsed file; a discarded value when it can't be read or is no JSON.
inline nlohmann::json read_json(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return nlohmann::json(nlohmann::json::value_t::discarded);
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return nlohmann::json::parse(text, nullptr, false);
}

inline const nlohmann::json& member(const nlohmann::json& object, const char* key) {
  static const nlohmann::json nothing;
  if (!object.is_object()) {
    return nothing;
  }
  const auto place = object.find(key);
  return place == object.end() ? nothing : *place;
}

inline std::string text_of(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

inline std::string text(const nlohmann::json& object, const char* key) {
  return text_of(member(object, key));
}

inline bool flag(const nlohmann::json& object, const char* key) {
  const nlohmann::json& value = member(object, key);
  return value.is_boolean() && value.get<bool>();
}

// For range-for: an array, or something empty.
inline const nlohmann::json& list(const nlohmann::json& object, const char* key) {
  static const nlohmann::json nothing = nlohmann::json::array();
  const nlohmann::json& value = member(object, key);
  return value.is_array() ? value : nothing;
}

}  // namespace hrwatch::project
