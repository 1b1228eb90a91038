#include <windows.h>
#include <psapi.h>

#include <algorithm>
#include <filesystem>

#include "app/host_process.h"
#include "app/mapped_now_windows.h"
#include "stacks/thread_frames.h"

namespace hrwatch::app {
namespace {

constexpr std::size_t longest_path = 32768;

// A process that may be asked for what is mapped in it; closed in the end.
class Process {
 public:
  explicit Process(int pid)
      : handle_(OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE,
                            static_cast<DWORD>(pid))) {}

  ~Process() {
    if (handle_ != nullptr) {
      CloseHandle(handle_);
    }
  }

  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  HANDLE handle() const { return handle_; }

 private:
  HANDLE handle_;
};

std::vector<HMODULE> modules_of(HANDLE process) {
  std::vector<HMODULE> modules(256);
  for (;;) {
    const auto room = static_cast<DWORD>(modules.size() * sizeof(HMODULE));
    DWORD needed = 0;
    if (EnumProcessModulesEx(process, modules.data(), room, &needed, LIST_MODULES_64BIT) == 0) {
      return {};
    }
    modules.resize(needed / sizeof(HMODULE));
    if (needed <= room) {
      return modules;
    }
  }
}

std::string path_of(const wchar_t* text) {
  return std::filesystem::path(text).generic_string();
}

// "\Device\HarddiskVolume2\p\game.dll" -> "C:/p/game.dll"; "" when no drive is on that device.
std::string with_drive(const std::wstring& device_path) {
  std::vector<wchar_t> device(longest_path);
  for (wchar_t letter = L'A'; letter <= L'Z'; ++letter) {
    const wchar_t drive[] = {letter, L':', L'\0'};
    if (QueryDosDeviceW(drive, device.data(), static_cast<DWORD>(device.size())) == 0) {
      continue;
    }
    const std::wstring root = device.data();
    if (device_path.starts_with(root) && device_path.size() > root.size() &&
        device_path[root.size()] == L'\\') {
      return path_of((drive + device_path.substr(root.size())).c_str());
    }
  }
  return {};
}

}  // namespace

std::vector<MappedFile> mapped_files(int pid) {
  const Process process(pid);
  std::vector<MappedFile> files;
  std::vector<wchar_t> path(longest_path);
  for (const HMODULE module : modules_of(process.handle())) {
    MODULEINFO info = {};
    if (GetModuleInformation(process.handle(), module, &info, sizeof info) != 0 &&
        GetModuleFileNameExW(process.handle(), module, path.data(),
                             static_cast<DWORD>(path.size())) != 0) {
      const auto begin = reinterpret_cast<std::uintptr_t>(info.lpBaseOfDll);
      files.push_back({path_of(path.data()), begin, begin + info.SizeOfImage});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const MappedFile& a, const MappedFile& b) { return a.begin < b.begin; });
  return files;
}

std::string file_mapped_at(int pid, std::uint64_t begin) {
  const Process process(pid);
  std::vector<wchar_t> path(longest_path);
  const DWORD length = process.handle() == nullptr
                           ? 0
                           : GetMappedFileNameW(process.handle(), reinterpret_cast<void*>(begin),
                                                path.data(), static_cast<DWORD>(path.size()));
  return length == 0 ? std::string{} : with_drive(std::wstring(path.data(), length));
}

std::string running_executable(int pid) {
  const Process process(pid);
  std::vector<wchar_t> path(longest_path);
  auto length = static_cast<DWORD>(path.size());
  return process.handle() != nullptr &&
                 QueryFullProcessImageNameW(process.handle(), 0, path.data(), &length) != 0
             ? path_of(path.data())
             : std::string{};
}

bool same_file_name(const std::string& one, const std::string& other) {
  const std::wstring a = std::filesystem::path(one).make_preferred().wstring();
  const std::wstring b = std::filesystem::path(other).make_preferred().wstring();
  return CompareStringOrdinal(a.data(), static_cast<int>(a.size()), b.data(),
                              static_cast<int>(b.size()), TRUE) == CSTR_EQUAL;
}

bool comes_with_system(const std::string& path) {
  std::vector<wchar_t> folder(longest_path);
  const UINT length = GetSystemWindowsDirectoryW(folder.data(), static_cast<UINT>(folder.size()));
  const std::string root = path_of(std::wstring(folder.data(), length).c_str()) + "/";
  return path.size() > root.size() && same_file_name(path.substr(0, root.size()), root);
}

std::string thread_name(int, int thread) {
  // Since Windows 10 1607.
  using Describe = HRESULT(WINAPI*)(HANDLE, PWSTR*);
  const auto describe = reinterpret_cast<Describe>(reinterpret_cast<void*>(
      GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "GetThreadDescription")));
  const HANDLE opened = describe == nullptr ? nullptr
                                            : OpenThread(THREAD_QUERY_LIMITED_INFORMATION, FALSE,
                                                         static_cast<DWORD>(thread));
  if (opened == nullptr) {
    return {};
  }
  PWSTR text = nullptr;
  std::string name;
  if (SUCCEEDED(describe(opened, &text)) && text != nullptr) {
    name = std::filesystem::path(text).string();
    LocalFree(text);
  }
  CloseHandle(opened);
  return name;
}

// Looking needs no process of its own here: nothing of ours waits for that program.
hr::wire::Result<std::vector<ThreadStack>> thread_stacks(int pid) {
  auto threads = stacks::frames_of_threads(pid);
  if (!threads.ok()) {
    return threads.failure();
  }
  std::vector<ThreadStack> stacks;
  for (auto& thread : threads.value()) {
    stacks.push_back({thread.thread, std::move(thread.frames)});
  }
  return stacks;
}

}  // namespace hrwatch::app
