#include "project/ninja_deps.h"

#include <utility>

namespace hrwatch::project {

NinjaDepsParser::NinjaDepsParser(Sink sink) : sink_(std::move(sink)) {}

void NinjaDepsParser::feed(std::string_view piece) {
  std::size_t at = 0;
  for (std::size_t end = piece.find('\n'); end != std::string_view::npos;
       end = piece.find('\n', at)) {
    const std::string_view line = piece.substr(at, end - at);
    at = end + 1;
    if (rest_.empty()) {
      take_line(line);
    } else {
      rest_.append(line);
      take_line(std::exchange(rest_, {}));
    }
  }
  rest_.append(piece.substr(at));
}

void NinjaDepsParser::finish() {
  if (!rest_.empty()) {
    take_line(std::exchange(rest_, {}));
  }
}

void NinjaDepsParser::take_line(std::string_view line) {
  if (line.starts_with("    ")) {
    if (!output_.empty()) {
      sink_(output_, line.substr(4));
    }
    return;
  }
  const std::size_t colon = line.find(": #deps ");
  output_ = colon == std::string_view::npos ? std::string() : std::string(line.substr(0, colon));
}

std::string_view target_of_object(std::string_view object, std::string_view config) {
  constexpr std::string_view folder = "CMakeFiles/";
  constexpr std::string_view ending = ".dir/";
  const std::size_t begin = object.find(folder);
  if (begin == std::string_view::npos || (begin != 0 && object[begin - 1] != '/')) {
    return {};
  }
  const std::size_t name = begin + folder.size();
  const std::size_t end = object.find(ending, name);
  if (end == std::string_view::npos) {
    return {};
  }
  const std::string_view inside = object.substr(end + ending.size());
  if (!config.empty() && !(inside.size() > config.size() && inside.starts_with(config) &&
                           inside[config.size()] == '/')) {
    return {};
  }
  return object.substr(name, end - name);
}

}  // namespace hrwatch::project
