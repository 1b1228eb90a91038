#include "report.h"

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace {

// `*` stands for any characters.
bool matches(const char* pattern, const char* text) {
  if (*pattern == '\0')
    return *text == '\0';
  if (*pattern == '*')
    return matches(pattern + 1, text) || (*text != '\0' && matches(pattern, text + 1));
  return *pattern == *text && matches(pattern + 1, text + 1);
}

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(' ');
  const auto end = text.find_last_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

}  // namespace

bool Report::read_limits(const std::string& file, const std::string& row) {
  std::ifstream in(file);
  if (!in)
    return false;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#')
      continue;
    const auto first = line.find('|');
    const auto second = first == std::string::npos ? first : line.find('|', first + 1);
    if (second == std::string::npos)
      return false;
    if (matches(trimmed(line.substr(0, first)).c_str(), row.c_str()))
      limits_.push_back(
          {trimmed(line.substr(first + 1, second - first - 1)), trimmed(line.substr(second + 1))});
  }
  return true;
}

void Report::section(const std::string& name) {
  section_ = name;
}

void Report::check(const char* name, bool passed) {
  if (passed) {
    ++passed_;
    return;
  }
  failed_names_.push_back(name);
  failures_.push_back(section_ + ": " + name);
  std::printf("  FAIL %s: %s\n", section_.c_str(), name);
  std::fflush(stdout);
}

int Report::finish(const std::string& file) const {
  int unexpected = 0;
  for (std::size_t i = 0; i < failed_names_.size(); ++i) {
    const bool known = std::any_of(limits_.begin(), limits_.end(), [&](const KnownLimit& limit) {
      return limit.check == failed_names_[i];
    });
    if (!known) {
      ++unexpected;
      std::printf("not expected to fail: %s\n", failures_[i].c_str());
    }
  }
  for (const KnownLimit& limit : limits_) {
    const bool seen =
        std::find(failed_names_.begin(), failed_names_.end(), limit.check) != failed_names_.end();
    if (!seen)
      ++unexpected;
    std::printf("%s: %s (%s)\n", seen ? "known limit" : "known limit did not show, take it out",
                limit.check.c_str(), limit.reason.c_str());
  }
  std::printf("%d passed, %zu failed, %d of that unexpected\n", passed_, failed_names_.size(),
              unexpected);
  write(file, unexpected);
  return unexpected == 0 && passed_ > 0 ? 0 : 1;
}

void Report::write(const std::string& file, int unexpected) const {
  std::ofstream out(file);
  out << "passed " << passed_ << "\nfailed " << failed_names_.size() << "\nunexpected "
      << unexpected << '\n';
  for (const KnownLimit& limit : limits_)
    out << "limit " << limit.check << ": " << limit.reason << '\n';
}
