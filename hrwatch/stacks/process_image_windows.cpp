#include <windows.h>
#include <psapi.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>

#include "stacks/mapped_files_windows.h"

namespace hrwatch::stacks {

std::mutex one_at_a_time;

namespace {

constexpr std::size_t longest_path = 32768;

std::string utf8(const wchar_t* text) {
  const std::u8string bytes = std::filesystem::path(text).u8string();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::wstring wide(const std::string& text) {
  return std::filesystem::path(
             std::u8string_view(reinterpret_cast<const char8_t*>(text.data()), text.size()))
      .wstring();
}

// Windows' paths are the same in both cases and with both slashes.
bool same_path(const std::string& one, const std::string& other) {
  const auto plain = [](char c) {
    return c == '\\' ? '/' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [&](char a, char b) { return plain(a) == plain(b); });
}

std::vector<MappedModule> modules_of(HANDLE process) {
  std::vector<HMODULE> handles(1024);
  DWORD bytes = 0;
  if (EnumProcessModulesEx(process, handles.data(),
                           static_cast<DWORD>(handles.size() * sizeof(HMODULE)), &bytes,
                           LIST_MODULES_64BIT) == 0) {
    return {};
  }
  handles.resize(std::min<std::size_t>(handles.size(), bytes / sizeof(HMODULE)));
  std::vector<MappedModule> modules;
  std::vector<wchar_t> path(longest_path);
  for (const HMODULE handle : handles) {
    MODULEINFO info = {};
    if (GetModuleInformation(process, handle, &info, sizeof info) != 0 &&
        GetModuleFileNameExW(process, handle, path.data(), static_cast<DWORD>(path.size())) != 0) {
      const auto begin = reinterpret_cast<std::uintptr_t>(info.lpBaseOfDll);
      modules.push_back({utf8(path.data()), begin, begin + info.SizeOfImage});
    }
  }
  return modules;
}

// Beside it. Without one wine 8 may search for it, and keep what it has looked into open.
bool has_pdb(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::path(file).replace_extension(".pdb"), ignored);
}

void load_symbols(const ProcessImage::Mapped& mapped) {
  SymSetOptions(SYMOPT_LOAD_LINES | SYMOPT_DEFERRED_LOADS | SYMOPT_UNDNAME |
                SYMOPT_FAIL_CRITICAL_ERRORS | SYMOPT_NO_PROMPTS);
  // A search path where nothing is: the standard one may ask a server for minutes. A .pdb is found
  // where its library says.
  SymInitializeW(mapped.process, L"|", FALSE);
  for (const MappedModule& module : mapped.modules) {
    const GenerationFile* generation = mapped.generation_of(module.path);
    const bool moved = generation != nullptr && !generation->file.empty();
    const std::wstring file = wide(moved ? generation->file : module.path);
    constexpr DWORD without_symbols = 0x4;  // SLMFLAG_NO_SYMBOLS, which mingw does not name
    const bool has_symbols = generation != nullptr || has_pdb(file);
    SymLoadModuleExW(mapped.process, nullptr, file.c_str(), nullptr, module.begin,
                     static_cast<DWORD>(module.end - module.begin), nullptr,
                     has_symbols ? 0 : without_symbols);
  }
}

struct FoundSymbol {
  std::string name;
  std::uint64_t address = 0;  // 0: none
};

FoundSymbol symbol_at(HANDLE process, std::uint64_t address) {
  struct alignas(SYMBOL_INFOW) Room {
    std::array<std::byte, sizeof(SYMBOL_INFOW) + MAX_SYM_NAME * sizeof(wchar_t)> bytes{};
  } room;

  auto* info = reinterpret_cast<SYMBOL_INFOW*>(room.bytes.data());
  info->SizeOfStruct = sizeof(SYMBOL_INFOW);
  info->MaxNameLen = MAX_SYM_NAME;
  DWORD64 distance = 0;
  if (SymFromAddrW(process, address, &distance, info) == 0) {
    return {};
  }
  return {utf8(info->Name), info->Address};
}

}  // namespace

const MappedModule* ProcessImage::Mapped::module_at(std::uint64_t address) const {
  const auto found = std::find_if(modules.begin(), modules.end(), [&](const auto& one) {
    return address >= one.begin && address < one.end;
  });
  return found == modules.end() ? nullptr : &*found;
}

const GenerationFile* ProcessImage::Mapped::generation_of(const std::string& path) const {
  const auto found = std::find_if(generations.begin(), generations.end(),
                                  [&](const auto& one) { return same_path(one.path, path); });
  return found == generations.end() ? nullptr : &*found;
}

ProcessImage::ProcessImage(int pid, std::vector<GenerationFile> generations)
    : mapped_(std::make_unique<Mapped>()) {
  mapped_->generations = std::move(generations);
  mapped_->process = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ | PROCESS_DUP_HANDLE,
                                 FALSE, static_cast<DWORD>(pid));
  if (mapped_->process != nullptr) {
    const std::lock_guard lock(one_at_a_time);
    mapped_->modules = modules_of(mapped_->process);
    load_symbols(*mapped_);
  }
}

ProcessImage::~ProcessImage() {
  if (mapped_->process != nullptr) {
    const std::lock_guard lock(one_at_a_time);
    SymCleanup(mapped_->process);
    CloseHandle(mapped_->process);
  }
}

core::Frame ProcessImage::frame_at(std::uint64_t address) const {
  core::Frame frame;
  frame.address = address;
  const MappedModule* module = mapped_->module_at(address);
  if (module == nullptr) {
    return frame;
  }
  frame.library = module->path;
  if (const GenerationFile* generation = mapped_->generation_of(module->path)) {
    frame.module = generation->module;
    frame.generation = generation->generation;
  }
  const std::lock_guard lock(one_at_a_time);
  frame.function = symbol_at(mapped_->process, address).name;
  IMAGEHLP_LINEW64 line = {};
  line.SizeOfStruct = sizeof line;
  DWORD distance = 0;
  if (SymGetLineFromAddrW64(mapped_->process, address, &distance, &line) != 0) {
    frame.file = utf8(line.FileName);
    std::replace(frame.file.begin(), frame.file.end(), '\\', '/');
    frame.line = static_cast<int>(line.LineNumber);
  }
  return frame;
}

std::uint64_t ProcessImage::function_at(std::uint64_t address) const {
  const MappedModule* module = mapped_->module_at(address);
  if (module == nullptr) {
    return 0;
  }
  const std::lock_guard lock(one_at_a_time);
  const std::uint64_t start = symbol_at(mapped_->process, address).address;
  return start < module->begin ? 0 : start - module->begin;
}

}  // namespace hrwatch::stacks
