#include "build/output_reader.h"

#include <charconv>

namespace hrwatch::build {
namespace {

constexpr char mark = '\x1e';

// "\x1e<done>/<total>\x1e description": false when it is something else.
bool read_mark(std::string_view line, int& done, int& total) {
  const auto end = line.find(mark, 1);
  const auto slash = line.find('/');
  if (line.empty() || line.front() != mark || end == std::string_view::npos || slash > end) {
    return false;
  }
  const char* text = line.data();
  return std::from_chars(text + 1, text + slash, done).ec == std::errc{} &&
         std::from_chars(text + slash + 1, text + end, total).ec == std::errc{};
}

}  // namespace

void OutputReader::feed(std::string_view bytes) {
  rest_.append(bytes);
  std::size_t begin = 0;
  for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
    line(std::string_view(rest_).substr(begin, end + 1 - begin));
    begin = end + 1;
  }
  rest_.erase(0, begin);
}

void OutputReader::finish() {
  if (!rest_.empty()) {
    rest_ += '\n';
    line(rest_);
    rest_.clear();
  }
}

void OutputReader::line(std::string_view line) {
  int done = 0;
  int total = 0;
  if (read_mark(line, done, total)) {
    sink_.progress(done, total);
  } else if (line.starts_with("ninja: no work to do")) {
    no_work_ = true;
  } else if (line.starts_with("ninja: Entering directory")) {
    // Problem matchers need it before a relative path, people don't need it on every save.
    directory_line_ = line;
  } else {
    if (!directory_line_.empty()) {
      sink_.text(directory_line_);
      directory_line_.clear();
    }
    sink_.text(line);
  }
}

}  // namespace hrwatch::build
