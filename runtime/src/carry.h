// State as text, for the next process: values by the names of their members, so that they find
// their place in a program that was built anew. Knows no file, no session and no module.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hr/state.h"
#include "wire/result.h"

namespace hr::runtime {

struct MemberName {
  std::size_t offset = 0;
  std::size_t size = 0;
  std::string name;
  std::string type;
};

// What the tool knows of classes and the compiler does not tell: the names of members, by class.
class ClassNames {
 public:
  ClassNames() = default;

  // Reads what the tool wrote; what is malformed has no names.
  explicit ClassNames(const std::string& json);

  const std::vector<MemberName>& of(const hr_type& type) const;

 private:
  std::map<std::string, std::vector<MemberName>> classes_;
};

// What can be told of `object`. What can't (pointers, functions, classes without names) is null.
nlohmann::json carried_value(const hr_type& type, void* object, const ClassNames& names);

// Gives `object`, just constructed, what `value` says. What is missing, or does not fit, stays as
// it is. May throw what the program's types throw.
void restore_value(const hr_type& type, void* object, const nlohmann::json& value,
                   const ClassNames& names);

std::string to_hex(const void* bytes, std::size_t size);
// Nothing of it when it is malformed.
std::string from_hex(const std::string& hex);

}  // namespace hr::runtime
