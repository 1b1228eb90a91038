// The lists that CMake hands to these tests as one text.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

// The words between the colons of `text`.
inline std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(':', at), text.size());
    result.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return result;
}
