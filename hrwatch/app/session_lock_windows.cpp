#include <windows.h>

#include <array>
#include <charconv>
#include <string>
#include <system_error>

#include "app/session_lock.h"

// The file is held open by who has the lock, and shared with readers only: a handle goes with its
// process. Who holds it is written in it.

namespace hrwatch::app {
namespace {

constexpr DWORD for_readers = FILE_SHARE_READ | FILE_SHARE_DELETE;
constexpr int tries = 100;
constexpr DWORD between_tries_ms = 5;

HANDLE handle_of(std::intptr_t held) {
  return reinterpret_cast<HANDLE>(held);
}

HANDLE open_to_read(const std::filesystem::path& path, DWORD sharing) {
  return CreateFileW(path.c_str(), GENERIC_READ, sharing, nullptr, OPEN_EXISTING,
                     FILE_ATTRIBUTE_NORMAL, nullptr);
}

// The process id that a holder has written; 0 = none yet.
int written_in(const std::filesystem::path& path) {
  const HANDLE file = open_to_read(path, for_readers | FILE_SHARE_WRITE);
  if (file == INVALID_HANDLE_VALUE) {
    return 0;
  }
  std::array<char, 32> text{};
  DWORD count = 0;
  ReadFile(file, text.data(), static_cast<DWORD>(text.size()), &count, nullptr);
  CloseHandle(file);
  int pid = 0;
  std::from_chars(text.data(), text.data() + count, pid);
  return pid;
}

void write_pid(HANDLE file) {
  const std::string text = std::to_string(GetCurrentProcessId()) + "\n";
  DWORD count = 0;
  WriteFile(file, text.data(), static_cast<DWORD>(text.size()), &count, nullptr);
  SetEndOfFile(file);
}

// Whether the path still leads to the file that is held.
bool is_open_on(std::intptr_t held, const std::filesystem::path& path) {
  const HANDLE there = open_to_read(path, for_readers | FILE_SHARE_WRITE);
  if (there == INVALID_HANDLE_VALUE) {
    return false;
  }
  BY_HANDLE_FILE_INFORMATION one = {}, other = {};
  const bool same = GetFileInformationByHandle(handle_of(held), &one) != 0 &&
                    GetFileInformationByHandle(there, &other) != 0 &&
                    one.dwVolumeSerialNumber == other.dwVolumeSerialNumber &&
                    one.nFileIndexHigh == other.nFileIndexHigh &&
                    one.nFileIndexLow == other.nFileIndexLow;
  CloseHandle(there);
  return same;
}

hr::wire::Failure unusable(const std::filesystem::path& path, DWORD error) {
  return {"the build folder can't be used: " + path.generic_string(),
          std::system_category().message(static_cast<int>(error)),
          "make it writable for this user: icacls \"" + path.parent_path().string() +
              "\" /grant %USERNAME%:(OI)(CI)F"};
}

hr::wire::Failure taken(const std::filesystem::path& build_dir, int holder) {
  const auto pid = std::to_string(holder);
  return {"another hrwatch works on " + build_dir.generic_string(), "its process id is " + pid,
          "end it first: taskkill /F /PID " + pid + "  (or use another --build-dir)"};
}

}  // namespace

SessionLock::~SessionLock() {
  if (held_ != -1) {
    CloseHandle(handle_of(held_));
  }
}

hr::wire::Result<hr::wire::Done> SessionLock::take(const std::filesystem::path& build_dir) {
  const auto folder = build_dir / ".hrwatch";
  const auto path = folder / "lock";
  if (held_ != -1 && is_open_on(held_, path)) {
    return hr::wire::Done{};
  }
  if (held_ != -1) {  // the folder was wiped; the name is free again when the last handle goes
    CloseHandle(handle_of(held_));
    held_ = -1;
  }
  std::error_code ignored;
  std::filesystem::create_directory(folder, ignored);
  DWORD error = 0;
  for (int i = 0; i < tries; ++i) {
    const HANDLE file = CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE, for_readers,
                                    nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (file != INVALID_HANDLE_VALUE) {
      write_pid(file);
      held_ = reinterpret_cast<std::intptr_t>(file);
      return hr::wire::Done{};
    }
    error = GetLastError();
    if (error != ERROR_SHARING_VIOLATION) {
      break;
    }
    // Else somebody looked, or it ended in between.
    if (const auto pid = holder(build_dir); pid && *pid != 0) {
      return taken(build_dir, *pid);
    }
    Sleep(between_tries_ms);
  }
  return unusable(path, error);
}

std::optional<int> SessionLock::holder(const std::filesystem::path& build_dir) {
  const auto path = build_dir / ".hrwatch" / "lock";
  for (int i = 0; i < tries; ++i) {
    // As who has it for writing does not let it be opened.
    const HANDLE file = open_to_read(path, for_readers);
    if (file != INVALID_HANDLE_VALUE) {
      CloseHandle(file);
      return std::nullopt;
    }
    if (GetLastError() != ERROR_SHARING_VIOLATION) {
      return std::nullopt;
    }
    if (const int pid = written_in(path); pid != 0) {
      return pid;
    }
    Sleep(between_tries_ms);
  }
  return 0;
}

}  // namespace hrwatch::app
