#include "app/old_descriptions.h"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "analysis/describe.h"

namespace hrwatch::app {
namespace {

namespace fs = std::filesystem;

// A folder that can't be read has nothing to remove.
std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (std::error_code ignored; entry->is_regular_file(ignored)) {
      files.push_back(entry->path());
    }
  }
  return files;
}

}  // namespace

void remove_old_descriptions(const fs::path& descriptions, const fs::path& copies,
                             std::set<std::string> needed, std::uintmax_t budget) {
  for (const fs::path& copy : files_in(copies)) {
    if (const auto id = analysis::read_build_id(copy); id.ok()) {
      needed.insert(id.value());
    }
  }
  std::vector<std::pair<fs::file_time_type, fs::path>> rest;
  for (fs::path& file : files_in(descriptions)) {
    if (!needed.contains(file.filename().string())) {
      std::error_code ignored;
      rest.emplace_back(fs::last_write_time(file, ignored), std::move(file));
    }
  }
  std::sort(rest.rbegin(), rest.rend());
  std::uintmax_t kept = 0;
  for (const auto& [written, file] : rest) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    if (!error && (kept += size) > budget) {
      fs::remove(file, error);
    }
  }
}

}  // namespace hrwatch::app
