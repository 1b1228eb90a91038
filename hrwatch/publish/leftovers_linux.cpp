#include <algorithm>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "publish/publish.h"

namespace hrwatch::publish {
namespace {

namespace fs = std::filesystem;

// The paths below `folder` in the memory map of one process (proc(5), /proc/pid/maps).
void collect_mapped(const fs::path& maps, const std::string& folder,
                    std::vector<std::string>& mapped) {
  std::ifstream lines(maps);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t path = line.find(folder);
    if (path != std::string::npos && (mapped.empty() || line.substr(path) != mapped.back())) {
      mapped.push_back(line.substr(path));
    }
  }
}

std::vector<std::string> mapped_files(const std::string& folder) {
  std::vector<std::string> mapped;
  std::error_code error;
  for (fs::directory_iterator process("/proc", error), end; !error && process != end;
       process.increment(error)) {
    const std::string name = process->path().filename();
    if (name.find_first_not_of("0123456789") == std::string::npos) {
      collect_mapped(process->path() / "maps", folder, mapped);
    }
  }
  std::sort(mapped.begin(), mapped.end());
  return mapped;
}

}  // namespace

std::size_t remove_leftovers(const fs::path& folder) {
  std::error_code error;
  const fs::path real = fs::canonical(folder, error);  // as the kernel spells it in maps
  if (error) {
    return 0;
  }
  const std::vector<std::string> mapped = mapped_files(real.native() + "/");
  std::size_t removed = 0;
  for (fs::directory_iterator entry(real, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string path = entry->path();
    const bool ours = path.ends_with(".so") || path.ends_with(".so.part");
    std::error_code ignored;
    if (ours && !std::binary_search(mapped.begin(), mapped.end(), path)) {
      removed += fs::remove(path, ignored) ? 1 : 0;
    }
  }
  return removed;
}

}  // namespace hrwatch::publish
