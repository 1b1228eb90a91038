// One line in a class, `FIELDS(Fish, x, speed);`, names what its objects consist of: for the blob,
// and for the reload that changes the class while they live.
#pragma once

#include <hr/hr.hpp>
#include <sstream>
#include <string>

#define FIELDS(T, ...)                                   \
  HR_LIVE(T, __VA_ARGS__);                               \
  std::string write() const override {                   \
    return #T + write_fields(#__VA_ARGS__, __VA_ARGS__); \
  }                                                      \
  void read(const std::string& text) override {          \
    read_fields(text, #__VA_ARGS__, __VA_ARGS__);        \
  }                                                      \
  static_assert(true, "")

// "x" of "x, speed", then "speed".
inline std::string next_name(std::istream& names) {
  std::string name;
  names >> name;
  return name.substr(0, name.find(','));
}

template <class... Fields>
std::string write_fields(const char* names, const Fields&... fields) {
  std::istringstream name(names);
  std::ostringstream text;
  ((text << ' ' << next_name(name) << '=' << fields), ...);
  return text.str();
}

template <class Field>
void read_field(const std::string& text, const std::string& name, Field& field) {
  const std::string mark = ' ' + name + '=';
  const std::size_t at = text.find(mark);
  Field value;
  if (at != std::string::npos && std::istringstream(text.substr(at + mark.size())) >> value)
    field = value;
}

template <class... Fields>
void read_fields(const std::string& text, const char* names, Fields&... fields) {
  std::istringstream name(names);
  (read_field(text, next_name(name), fields), ...);
}
