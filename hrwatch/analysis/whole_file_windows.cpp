#include <windows.h>

#include <algorithm>

#include "analysis/whole_file.h"

namespace hrwatch::analysis {
namespace {

constexpr DWORD at_once = 1 << 30;  // bytes of one ReadFile

bool read_all(HANDLE file, std::vector<char>& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const auto wanted = static_cast<DWORD>(std::min<std::size_t>(bytes.size() - done, at_once));
    DWORD count = 0;
    if (!ReadFile(file, bytes.data() + done, wanted, &count, nullptr) || count == 0) {
      return false;
    }
    done += count;
  }
  return true;
}

}  // namespace

std::vector<char> whole_file(const std::filesystem::path& file) {
  const HANDLE opened = CreateFileW(file.c_str(), GENERIC_READ,
                                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                    OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, nullptr);
  if (opened == INVALID_HANDLE_VALUE) {
    return {};
  }
  LARGE_INTEGER size{};
  std::vector<char> bytes;
  if (GetFileSizeEx(opened, &size)) {
    bytes.resize(static_cast<std::size_t>(size.QuadPart));
    if (!read_all(opened, bytes)) {
      bytes.clear();
    }
  }
  CloseHandle(opened);
  return bytes;
}

}  // namespace hrwatch::analysis
