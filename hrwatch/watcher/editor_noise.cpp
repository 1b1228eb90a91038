#include "watcher/editor_noise.h"

#include <algorithm>
#include <cstddef>

namespace hrwatch::watcher {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char letter) { return letter >= '0' && letter <= '9'; });
}

// Six random letters or digits, as mkstemp(3) puts them at the end of a name.
bool is_random_tail(std::string_view text) {
  return text.size() == 6 && std::all_of(text.begin(), text.end(), [](char letter) {
           return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                  (letter >= 'A' && letter <= 'Z');
         });
}

// vim probes whether it may write into a folder with a file named 4913, then 4913 + 123 ...
bool is_vim_probe(std::string_view name) {
  if (!all_digits(name) || name.size() > 5) {
    return false;
  }
  int number = 0;
  for (const char letter : name) {
    number = number * 10 + (letter - '0');
  }
  return number >= 4913 && (number - 4913) % 123 == 0;
}

// `.a.cpp.swp`, then .swo, .swn ... down to .saa when several are open.
bool is_vim_swap(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || name.size() - dot != 4) {
    return false;
  }
  const std::string_view tail = name.substr(dot + 1);
  if (tail == "swp" || tail == "swx" || tail == "swo") {
    return true;
  }
  return name.front() == '.' && dot > 0 && tail[0] == 's' && tail[1] >= 'a' && tail[1] <= 'w' &&
         tail[2] >= 'a' && tail[2] <= 'z';
}

bool is_temporary_copy(std::string_view name) {
  if (name.starts_with("sed") && is_random_tail(name.substr(3))) {
    return true;  // sed -i
  }
  if (name.starts_with("tmp") && is_random_tail(name.substr(3))) {
    return true;  // emacs with file-precious-flag
  }
  if (name.starts_with("XX") && is_random_tail(name.substr(2))) {
    return true;  // perl -i
  }
  const std::size_t dot = name.rfind('.');
  if (name.starts_with('.') && dot != 0 && is_random_tail(name.substr(dot + 1))) {
    return true;  // rsync: `.a.cpp.Ab3dEf`
  }
  return name.starts_with(".goutputstream-") || name.starts_with(".nfs") ||
         name.starts_with(".fuse_hidden") || name.ends_with(".tmp") ||
         name.ends_with("___jb_tmp___") || name.ends_with("___jb_old___") ||
         name.ends_with(".kate-swp");
}

}  // namespace

bool is_editor_noise(std::string_view name) {
  if (name.empty() || name.ends_with('~') || name.starts_with(".#") ||
      name.starts_with(".~lock.")) {
    return true;
  }
  if (name.size() > 1 && name.starts_with('#') && name.ends_with('#')) {
    return true;  // emacs' auto-save
  }
  return is_vim_probe(name) || is_vim_swap(name) || is_temporary_copy(name);
}

}  // namespace hrwatch::watcher
