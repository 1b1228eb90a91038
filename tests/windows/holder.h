// A program that has a file open as a debugger has it. Knows no linker.
#pragma once

#include <windows.h>

#include <filesystem>
#include <string>

namespace hrwatch::tests {

// The ways in which programs share what they read: debuggers that let it be renamed, indexers that
// don't, .NET's way.
struct Sharing {
  const char* name;
  DWORD mode;
  bool renamable;
};

inline constexpr Sharing sharings[] = {
    {"READ|DELETE", FILE_SHARE_READ | FILE_SHARE_DELETE, true},
    {"READ", FILE_SHARE_READ, false},
    {"READ|WRITE|DELETE", FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, true},
};

class Holder {
 public:
  Holder(const std::filesystem::path& file, DWORD sharing)
      : file_(CreateFileW(file.c_str(), GENERIC_READ, sharing, nullptr, OPEN_EXISTING,
                          FILE_ATTRIBUTE_NORMAL, nullptr)) {}

  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

  ~Holder() {
    if (holds())
      CloseHandle(file_);
  }

  bool holds() const { return file_ != INVALID_HANDLE_VALUE; }

  // All that is in the file it has opened, whatever its name is by now.
  std::string read() const {
    std::string text(static_cast<std::size_t>(GetFileSize(file_, nullptr)), '\0');
    DWORD got = 0;
    SetFilePointer(file_, 0, nullptr, FILE_BEGIN);
    ReadFile(file_, text.data(), static_cast<DWORD>(text.size()), &got, nullptr);
    return text.substr(0, got);
  }

 private:
  HANDLE file_;
};

// As a linker opens what it writes. 0, or the error.
inline DWORD write_as_linker(const std::filesystem::path& file, const std::string& text) {
  const HANDLE out = CreateFileW(file.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr,
                                 OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (out == INVALID_HANDLE_VALUE)
    return GetLastError();
  DWORD written = 0;
  WriteFile(out, text.data(), static_cast<DWORD>(text.size()), &written, nullptr);
  SetEndOfFile(out);
  CloseHandle(out);
  return 0;
}

}  // namespace hrwatch::tests
