#include <windows.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "src/own_memory.h"
#include "src/process.h"

namespace hr::runtime {

bool start_quiet_thread(void (*run)()) {
  // The runtime has a thread: it stays, even when the library that brought it goes.
  HMODULE self = nullptr;
  GetModuleHandleExW(
      GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
      reinterpret_cast<const wchar_t*>(reinterpret_cast<std::uintptr_t>(&start_quiet_thread)),
      &self);
  const auto entry = [](void* argument) -> DWORD {
    own_this_stack();
    reinterpret_cast<void (*)()>(argument)();
    return 0;
  };
  const HANDLE thread = CreateThread(nullptr, 0, entry, reinterpret_cast<void*>(run), 0, nullptr);
  if (thread == nullptr)
    return false;
  CloseHandle(thread);
  return true;
}

// There is no fork().
void around_fork(void (*)(), void (*)(), void (*)()) {}

std::uint64_t now_us() {
  LARGE_INTEGER frequency = {};
  LARGE_INTEGER now = {};
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&now);
  const auto ticks = static_cast<std::uint64_t>(now.QuadPart);
  const auto second = static_cast<std::uint64_t>(frequency.QuadPart);
  return ticks / second * 1'000'000 + ticks % second * 1'000'000 / second;
}

void rest(std::uint64_t us) {
  Sleep(static_cast<DWORD>((us + 999) / 1000));
}

// A process of the same user may look anyway.
void allow_tracing(int) {}

int process_id() {
  return static_cast<int>(GetCurrentProcessId());
}

bool process_is_ending() {
  // Of ntdll, and in no header of mingw.
  using Asked = BOOLEAN(NTAPI*)();
  static const auto asked = reinterpret_cast<Asked>(reinterpret_cast<void*>(
      GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlDllShutdownInProgress")));
  return asked != nullptr && asked() != 0;
}

std::string program_path() {
  std::wstring path(32768, L'\0');
  path.resize(GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return std::filesystem::path(path).generic_string();
}

bool disabled_by_environment() {
  const char* value = std::getenv("HRWATCH_DISABLE");
  return value != nullptr && *value != '\0' && std::strcmp(value, "0") != 0;
}

}  // namespace hr::runtime
