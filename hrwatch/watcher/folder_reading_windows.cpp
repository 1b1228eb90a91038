#include <windows.h>

#include <filesystem>

#include "watcher/folder_reading.h"

namespace hrwatch::watcher {
namespace {

std::uint64_t both_halves(DWORD high, DWORD low) {
  return (std::uint64_t{high} << 32U) | low;
}

// WIN32_FIND_DATAW and WIN32_FILE_ATTRIBUTE_DATA name these members alike.
template <class Data>
Stamp stamp_of(const Data& data) {
  Stamp stamp;
  stamp.folder = (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  // Links, junctions and files that lie in a cloud: nobody will close them, and they may lead in
  // circles.
  stamp.complete_when_made = (data.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
  if (!stamp.folder) {
    constexpr std::int64_t tick_ns = 100;
    stamp.size = both_halves(data.nFileSizeHigh, data.nFileSizeLow);
    stamp.modified_ns = static_cast<std::int64_t>(both_halves(data.ftLastWriteTime.dwHighDateTime,
                                                              data.ftLastWriteTime.dwLowDateTime)) *
                        tick_ns;
  }
  return stamp;
}

}  // namespace

void read_folder(const std::string& folder,
                 const std::function<void(const std::string& name, const Stamp& stamp)>& found) {
  WIN32_FIND_DATAW data = {};
  const HANDLE search =
      FindFirstFileExW(std::filesystem::path(folder + "/*").c_str(), FindExInfoBasic, &data,
                       FindExSearchNameMatch, nullptr, FIND_FIRST_EX_LARGE_FETCH);
  if (search == INVALID_HANDLE_VALUE) {
    return;
  }
  do {
    const std::string name = std::filesystem::path(data.cFileName).string();
    if (name != "." && name != "..") {
      found(name, stamp_of(data));
    }
  } while (FindNextFileW(search, &data) != 0);
  FindClose(search);
}

std::optional<Stamp> read_entry(const std::string& path) {
  WIN32_FILE_ATTRIBUTE_DATA data = {};
  if (GetFileAttributesExW(std::filesystem::path(path).c_str(), GetFileExInfoStandard, &data) ==
      0) {
    return std::nullopt;
  }
  return stamp_of(data);
}

bool FolderSnapshot::exists(const std::string& folder) {
  const DWORD attributes = GetFileAttributesW(std::filesystem::path(folder).c_str());
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

}  // namespace hrwatch::watcher
