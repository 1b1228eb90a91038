#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

#include "publish/names.h"
#include "publish/publish.h"

namespace hrwatch::publish {

std::uint32_t generation_in(std::string_view file, std::string_view module) {
  const std::string_view suffix = library_suffix;
  if (!file.starts_with(module) || !file.ends_with(suffix) ||
      file.size() <= module.size() + 1 + suffix.size() || file[module.size()] != '.') {
    return 0;
  }
  const std::string_view digits =
      file.substr(module.size() + 1, file.size() - module.size() - 1 - suffix.size());
  std::uint32_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end ? number : 0;
}

std::filesystem::path path_of_copy(const std::filesystem::path& folder, const std::string& module,
                                   std::uint32_t generation) {
  return folder / (module + "." + std::to_string(generation) + std::string(library_suffix));
}

std::uint32_t next_generation(const std::filesystem::path& folder, const std::string& module) {
  std::uint32_t highest = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    highest = std::max(highest, generation_in(entry->path().filename().string(), module));
  }
  return highest + 1;
}

}  // namespace hrwatch::publish
